/** What `cargo xtask wasm` writes to glue.js: wasm-bindgen's code for one instance of the module. */
export interface Glue {
  __wbg_set_wasm(exports: unknown): void
  check_form(form: string, json: string): string
  check_field(form: string, path: string, json: string): string
  asked_fields(definitions: string, record: string): string
  check_custom(definitions: string, given: string, known: string): string
  next_moves(machine: string, state: string): string
  permissions(role: string): string
  forms(): string
}

declare function makeGlue(): Glue
export default makeGlue
