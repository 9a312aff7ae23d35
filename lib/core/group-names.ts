/** Which names groups and permissions may have: they stand in tokens, in tables on a terminal and in code. */

const GROUP_MAX = 150
const CODENAME_MAX = 100

/** The sentence that refuses the name of a group, or null. */
export function groupNameFault(name: string): string | null {
  if (name.trim() !== name || name === '') return 'A group must have a name, without spaces around it.'
  if ([...name].length > GROUP_MAX) return `The name of a group has at most ${GROUP_MAX} characters.`
  // A comma stands between names in settings and audit rows; control and format characters could imitate another name.
  return /[\p{C},]/u.test(name) ? 'The name of a group has no commas and no characters that cannot be seen.' : null
}

/** The sentence that refuses the codename of a permission, or null. */
export function codenameFault(codename: string): string | null {
  const fits = codename.length <= CODENAME_MAX && /^[a-z0-9][a-z0-9_.:-]*$/.test(codename)
  return fits
    ? null
    : `A permission is a codename of at most ${CODENAME_MAX} small letters, digits and _ . : -, such as view_reports.`
}
