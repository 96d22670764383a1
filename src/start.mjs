// `npm start`: prepares a fresh clone, then becomes the service in the same process, so that signals reach it.
import './prepare.mjs'

await import('../dist/server.js')
