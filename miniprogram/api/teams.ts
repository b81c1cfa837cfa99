import { request } from './client'
import type { NewTeam, Team, TeamChanges } from './types'

export function listTeams(): Promise<{ items: Team[] }> {
  return request('GET', 'teams')
}

export function createTeam(body: NewTeam, idempotencyKey: string): Promise<Team> {
  return request('POST', 'teams', { body, idempotencyKey })
}

export function updateTeam(team: Team, body: TeamChanges): Promise<Team> {
  return request('PATCH', `teams/${team.id}`, { body, ifMatch: team.version })
}

export function deleteTeam(team: Team): Promise<void> {
  return request('DELETE', `teams/${team.id}`, { ifMatch: team.version })
}
