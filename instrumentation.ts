/** Next's start hook. The work is lib/boot.ts's; edge runtimes, which Latchkey has none of, are left alone. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { boot } = await import('#lib/boot')
    await boot()
  }
}
