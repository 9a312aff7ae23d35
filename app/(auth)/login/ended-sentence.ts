/** Why there is a login page instead of the one asked for, in calm words. An unknown reason says nothing. */
const sentences: Record<string, string> = {
  logged_out: 'You are logged out.',
  expired: 'Your session has run out. Please log in again.',
  ended_elsewhere: 'This session was ended from another place. Please log in again.',
  password_changed: 'Your password was changed, which ended this session. Log in with the new one.',
  // Neutral on purpose: a copied session and a restored browser look alike from here.
  reuse: 'To be on the safe side, this session was ended. Please log in again.',
}

export function endedSentence(reason: string | undefined): string | null {
  return (reason && Object.hasOwn(sentences, reason) && sentences[reason]) || null
}
