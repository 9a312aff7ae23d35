/** One value of a page's query; of several, the first. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

export async function readParam(params: SearchParams, name: string): Promise<string | undefined> {
  const value = (await params)[name]
  return Array.isArray(value) ? value[0] : value
}
