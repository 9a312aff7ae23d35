/** What the action before this page has done: actions redirect here with `?done=` and one of the page's own words. */
import { FocusedNotice } from '#components/focused-notice'

export type DoneParams = Promise<{ done?: string | string[] }>

type Props = { searchParams: DoneParams; sentences: Record<string, string> }

export async function DoneNotice({ searchParams, sentences }: Props) {
  const { done } = await searchParams
  if (typeof done !== 'string' || !Object.hasOwn(sentences, done)) return null
  return <FocusedNotice>{sentences[done]}</FocusedNotice>
}
