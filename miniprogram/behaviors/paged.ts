import { asProblem } from '../api/problem'
import type { Page } from '../api/types'
import { takeTurn, thisTurn } from './turns'

export type Phase = 'loading' | 'ready' | 'failed' | 'offline'

/** What is drawn for a row; the id keeps its place. */
export interface Shown {
  id: string
  [field: string]: unknown
}

/** What a list that uses the behavior must say of itself. */
interface Host {
  fetchPage(cursor: string | null): Promise<Page<unknown>>
  present(row: unknown): Shown
}

/** A long list: first page, next pages, a failure that keeps what is shown. */
export const paged = Behavior({
  data: {
    rows: [] as Shown[],
    phase: 'loading' as Phase,
    message: '',
    next: null as string | null,
    fetching: false,
    /** What is shown answers an older question, and a newer one is on its way. */
    waiting: false,
    tail: '' as '' | 'loading' | 'failed' | 'end',
  },

  methods: {
    /**
     * Asks anew. Rows that are shown stay until the answer is there, unless the question changed. While one types
     * they stay as well, so that nothing flickers: but they are no answer, so a failure takes their place.
     */
    async reload(clear = false, typing = false): Promise<void> {
      const newest = takeTurn(this, 'rows')
      const shown = this.data.phase === 'ready' && this.data.rows.length > 0
      const keep = !clear && !typing && shown
      const stays = keep || (typing && shown)
      this.setData({ fetching: true, waiting: typing && shown, ...(stays ? {} : { rows: [], phase: 'loading', tail: '' }) })
      try {
        const host = this as unknown as Host
        const page = await host.fetchPage(null)
        if (!newest()) return
        const rows = page.items.map((row) => host.present(row))
        this.setData({ rows, phase: 'ready', next: page.next_cursor, fetching: false, waiting: false, tail: tailOf(page.next_cursor, rows.length) })
      } catch (thrown) {
        if (!newest()) return
        const why = asProblem(thrown)
        this.setData({ fetching: false, waiting: false })
        if (keep) wx.showToast({ icon: 'none', title: why.sentence })
        else this.setData({ rows: [], phase: why.offline ? 'offline' : 'failed', message: why.sentence })
      }
    },

    /** The next page, when there is one and nobody is asking yet. */
    async more(): Promise<void> {
      const { next, fetching } = this.data
      if (!next || fetching || this.data.phase !== 'ready') return
      const newest = thisTurn(this, 'rows')
      this.setData({ fetching: true, tail: 'loading' })
      try {
        const host = this as unknown as Host
        const page = await host.fetchPage(next)
        if (!newest()) return
        const known = new Set(this.data.rows.map((row) => row.id))
        const fresh = page.items.map((row) => host.present(row)).filter((row) => !known.has(row.id))
        // Only what is new is sent to the screen: what stands there stays as it is.
        const from = this.data.rows.length
        const added = Object.fromEntries(fresh.map((row, at) => [`rows[${from + at}]`, row]))
        this.setData({ ...added, next: page.next_cursor, fetching: false, tail: tailOf(page.next_cursor, from + fresh.length) })
      } catch {
        if (newest()) this.setData({ fetching: false, tail: 'failed' })
      }
    },

    /** One row changed elsewhere: the list keeps its place. */
    replaceRow(row: { id: string }): void {
      const at = this.data.rows.findIndex((one) => one.id === row.id)
      if (at >= 0) this.setData({ [`rows[${at}]`]: (this as unknown as Host).present(row) })
    },

    removeRow(id: string): void {
      this.setData({ rows: this.data.rows.filter((one) => one.id !== id) })
    },
  },
})

function tailOf(next: string | null, count: number): '' | 'end' {
  return next === null && count > 8 ? 'end' : ''
}
