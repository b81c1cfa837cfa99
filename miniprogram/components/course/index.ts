import type { CourseStep, OrderStatus } from '../../api/types'
import { STATUSES } from '../../words/names'
import { stamp } from '../../words/when'

const COURSE: OrderStatus[] = ['placed', 'processing', 'shipped', 'delivered', 'completed']

/** The course of an order: what happened with its time, then what is still to come. */
Component({
  properties: {
    steps: { type: Array, value: [] as CourseStep[] },
    status: { type: String, value: 'placed' },
  },
  data: { rows: [] as { id: number; word: string; when: string; by: string; note: string; state: string }[] },
  observers: {
    'steps, status'(steps: CourseStep[], status: OrderStatus) {
      const done = steps.map((step, id) => ({
        id, word: STATUSES[step.status], when: stamp(step.at), by: step.by_name ?? '', note: step.note ?? '',
        state: id === steps.length - 1 ? (step.status === 'cancelled' ? 'off' : 'now') : 'done',
      }))
      const ahead = status === 'cancelled' ? [] : COURSE.slice(COURSE.indexOf(status) + 1)
      const todo = ahead.map((step, at) => ({ id: done.length + at, word: STATUSES[step], when: '', by: '', note: '', state: 'todo' }))
      this.setData({ rows: [...done, ...todo] })
    },
  },
})
