import type { ExistingCustomer, ProblemBody, StepUpMethod, Violation } from './types'

/** Why a request was refused. `network` means that no answer came at all. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly errors: Violation[]
  readonly current: unknown
  readonly existing: ExistingCustomer | undefined
  readonly requestId: string | undefined
  /** For `step_up_required`: how it can be proved. */
  readonly methods: StepUpMethod[]

  constructor(body: ProblemBody) {
    super(body.title)
    this.name = 'Problem'
    this.code = body.code
    this.status = body.status
    this.errors = body.errors ?? []
    this.current = body.current
    this.existing = body.existing
    this.requestId = body.request_id
    this.methods = body.methods ?? []
  }

  get offline(): boolean {
    return this.code === 'network'
  }

  /** One sentence a person can act on. */
  get sentence(): string {
    const whole = this.errors.find((one) => one.field === '')
    return whole?.detail || (this.code === 'invalid' && this.errors[0]?.detail) || this.message
  }
}

const WORDS: Record<string, string> = {
  network: '网络不通，检查网络后再试',
  timeout: '服务器没有及时回应，请稍后再试',
  unauthenticated: '登录已过期，请重新登录',
  file_gone: '文件已过期，请重新上传',
  unreadable: '服务器暂时出了问题，请稍后再试',
  unopenable: '这部手机打不开这个文件',
  step_up_left: '没有验证身份，这一步没有做',
}

/** A refusal that was made on the phone. */
export function problem(code: string, status = 0): Problem {
  return new Problem({ code, status, title: WORDS[code] ?? '没有成功，请稍后再试' })
}

/** Whatever was thrown, as a Problem. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : problem('unexpected')
}

export function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && typeof (body as ProblemBody).code === 'string'
}
