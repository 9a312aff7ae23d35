/** The page of a refusal that no page of the application answers: by the gate, or by the listener in front of it. */
export interface RefusalFacts {
  status: number
  sentence: string
  requestId: string
  nonce: string
}

/** All four are ours and need no escaping. */
export function refusalPage({ status, sentence, requestId, nonce }: RefusalFacts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${status} · Latchkey</title>
<style nonce="${nonce}">
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem }
a { color: inherit }
small { opacity: .8 }
</style>
</head>
<body>
<main>
<h1>${status === 503 ? 'Back in a moment' : 'That did not work'}</h1>
<p>${sentence}</p>
<p><a href="">Try again</a></p>
<p><small>Request ${requestId}</small></p>
</main>
</body>
</html>
`
}
