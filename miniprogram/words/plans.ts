import type { CustomerPlan, PlanStage, PlanUses } from '../api/types'
import { rowKey } from './key'
import { due } from './when'

/** Follow-up plans 跟进流程 as they are typed and said. */

/** A task as it is typed: days are text until they are sent. */
export interface TypedTask {
  key: string
  title: string
  days: string
  at: string
}

export interface TypedStage {
  key: string
  name: string
  goal: string
  tasks: TypedTask[]
}

const TASKS = 10
const STAGES = 10
/** When a task is due that says no time. */
const USUAL = '10:00'

export function emptyTask(): TypedTask {
  return { key: rowKey(), title: '', days: '0', at: USUAL }
}

export function emptyStage(): TypedStage {
  return { key: rowKey(), name: '', goal: '', tasks: [emptyTask()] }
}

export function typedStages(stages: PlanStage[]): TypedStage[] {
  return stages.map(({ name, goal, tasks }) => ({
    key: rowKey(), name, goal: goal ?? '', tasks: tasks.map((one) => ({ key: rowKey(), title: one.title, days: String(one.after_days), at: one.at ?? USUAL })),
  }))
}

/** What is sent. Days that are no number stay text, so that the rule says so beside the field. */
export function stageBodies(stages: TypedStage[]): Record<string, unknown>[] {
  return stages.map(({ name, goal, tasks }) => ({
    name, ...(goal.trim() ? { goal } : {}),
    tasks: tasks.map((one) => ({ title: one.title, after_days: /^\d{1,9}$/.test(one.days.trim()) ? Number(one.days) : one.days, ...(one.at === USUAL ? {} : { at: one.at }) })),
  }))
}

export function roomForStage(stages: TypedStage[]): boolean {
  return stages.length < STAGES
}

export function roomForTask(stage: TypedStage): boolean {
  return stage.tasks.length < TASKS
}

/** The list with one of it a place up or down. */
export function shifted<T>(rows: T[], at: number, by: -1 | 1): T[] {
  const [one, other] = [rows[at], rows[at + by]]
  if (one === undefined || other === undefined) return rows
  const next = [...rows]
  next[at] = other
  next[at + by] = one
  return next
}

export interface Template {
  name: string
  stages: PlanStage[]
}

/** Where most shops begin. */
export const TEMPLATES: Template[] = [
  {
    name: '新客户跟进',
    stages: [
      { name: '认识', goal: '加上微信，记下喜好', tasks: [{ title: '打个招呼', after_days: 0 }, { title: '回访，问问需要什么', after_days: 3 }] },
      { name: '邀约', goal: '第一次到店或下单', tasks: [{ title: '邀请到店', after_days: 4 }] },
    ],
  },
  {
    name: '成交后回访',
    stages: [
      { name: '用得怎么样', goal: '没有不满意', tasks: [{ title: '问问收到没有、用得怎么样', after_days: 3 }] },
      { name: '再次下单', goal: '复购', tasks: [{ title: '推荐这个月的新品', after_days: 27 }] },
    ],
  },
]

/** Whether the stages are still those of a template, and nobody's own. */
export function fromTemplate(stages: TypedStage[]): boolean {
  const said = JSON.stringify(stageBodies(stages))
  return TEMPLATES.some((one) => JSON.stringify(stageBodies(typedStages(one.stages))) === said)
}

/** 2 个阶段、3 项待办 · 已开启. */
export function planLine({ enabled, stages }: { enabled: boolean; stages: PlanStage[] }): string {
  const tasks = stages.reduce((all, one) => all + one.tasks.length, 0)
  return `${stages.length} 个阶段、${tasks} 项待办 · ${enabled ? '已开启' : '未开启'}`
}

function upTo(count: number, capped: boolean): string {
  return capped && count >= 1000 ? '1000+' : String(count)
}

/** 有 3 位客户在流程里，5 项待办没做完. */
export function runningWord({ running, tasks, capped }: PlanUses): string {
  return running ? `有 ${upTo(running, capped)} 位客户在流程里，${upTo(tasks, capped)} 项待办没做完` : '现在没有客户在流程里'
}

export function gainsWord({ gains, capped }: PlanUses): string {
  return `${upTo(gains, capped)} 位客户已经有这个标签`
}

export interface PlanRow {
  id: string
  name: string
  /** 阶段 2/3 · 邀约. */
  stage: string
  /** 目标：到店. */
  goal: string
  /** 下一步：邀请到店，周五 10:00. */
  next: string
}

export function planRow({ id, name, stage, stages, stage_name, goal, waiting, tasks, done, next }: CustomerPlan): PlanRow {
  const rest = next ? `下一步：${next.title}，${due(next.due_at)}` : ''
  return {
    id, name, stage: `阶段 ${Math.min(stage, stages)}/${stages}${stage_name ? ` · ${stage_name}` : ''}${tasks > 1 ? ` · 完成 ${done}/${tasks}` : ''}`,
    goal: goal ? `目标：${goal}` : '', next: waiting ? '在公海，有人领取后从这个阶段继续' : rest,
  }
}
