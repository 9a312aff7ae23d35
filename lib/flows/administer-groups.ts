/**
 * What an operator does to groups, to what they permit and to who is in them. A change acts on the next check of every session
 * and leaves an audit row; it mints nothing anew (docs/design.md, section 5).
 */
import type { AuditEvent } from '#lib/core/audit'
import { codenameFault, groupNameFault } from '#lib/core/group-names'
import type { AuditLog, GroupRecord, GroupStore, ListChange } from '#lib/core/ports'
import type { Grants, UserRecord } from '#lib/core/records'

export interface AdministerGroups {
  list(): Promise<GroupRecord[]>
  find(name: string): Promise<GroupRecord | null>
  grantsOf(user: UserRecord): Promise<Grants>
  /** The sentence that refuses the name, or null. */
  create(name: string): Promise<string | null>
  /** False: no such group. */
  delete(name: string): Promise<boolean>
  /** What has really changed, a sentence that refuses it, or null: no such group. */
  changePermissions(name: string, change: ListChange): Promise<ListChange | string | null>
  /** What has really changed, the groups that are not there, or null: no such user. */
  changeMemberships(user: UserRecord, change: ListChange): Promise<ListChange | { missing: string[] } | null>
}

export function createAdministerGroups({ groups, audit }: { groups: GroupStore; audit: AuditLog }): AdministerGroups {
  const note = (event: AuditEvent, detail: Record<string, string | number>, subjectId: string | null = null) => {
    const who = { reason: 'command_line', actorId: null, subjectId, context: null }
    return audit.append({ event, outcome: 'success', ...who, detail })
  }
  const noteChange = async (
    event: AuditEvent,
    { add, remove }: ListChange,
    about: Record<string, string>,
    id?: string,
  ) => {
    if (add.length + remove.length === 0) return
    await note(event, { ...about, added: add.join(', '), removed: remove.join(', ') }, id)
  }

  return {
    list: () => groups.list(),
    find: (name) => groups.find(name),
    grantsOf: ({ id }) => groups.grantsOf(id),

    async create(name) {
      const fault = groupNameFault(name)
      if (fault) return fault
      if (!(await groups.create(name))) return 'There is a group of this name already.'
      await note('group.create', { group: name })
      return null
    },

    async delete(name) {
      const group = await groups.find(name)
      if (!group || !(await groups.delete(name))) return false
      await note('group.delete', { group: name, members: group.members, permissions: group.permissions.join(', ') })
      return true
    },

    async changePermissions(name, change) {
      const fault = change.add.map(codenameFault).find(Boolean)
      if (fault) return fault
      const changed = await groups.changePermissions(name, withoutRepeats(change))
      if (changed) await noteChange('group.permissions', changed, { group: name })
      return changed
    },

    async changeMemberships({ id }, change) {
      const changed = await groups.changeMemberships(id, withoutRepeats(change))
      if (changed && 'add' in changed) await noteChange('user.groups', changed, {}, id)
      return changed
    },
  }
}

const withoutRepeats = ({ add, remove }: ListChange) => ({ add: [...new Set(add)], remove: [...new Set(remove)] })
