// Written by `cargo xtask generate` from `domain`: do not edit.

export type FormName =
  | 'receipt_proof'
  | 'new_customer'
  | 'customer_changes'
  | 'new_interaction'
  | 'new_order'
  | 'order_changes'
  | 'order_move'
  | 'new_tag_group'
  | 'tag_group_changes'
  | 'new_tag'
  | 'tag_changes'
  | 'new_task'
  | 'snooze'

export type MachineName =
  | 'order'

export type Permission =
  | 'customers.read'
  | 'customers.write'
  | 'customers.delete'
  | 'customers.reveal'
  | 'customers.assign'
  | 'tags.read'
  | 'tags.write'
  | 'interactions.read'
  | 'interactions.write'
  | 'tasks.read'
  | 'tasks.write'
  | 'orders.read'
  | 'orders.write'
  | 'staff.read'
  | 'audit.read'
