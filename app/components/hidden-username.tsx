/** Tells a password manager whose password the form is about. Not shown, and not read by us. */
export function HiddenUsername({ value }: { value: string }) {
  return <input type="text" name="username" autoComplete="username" value={value} readOnly hidden />
}
