'use strict'
// Counts the words of each note. Several workers share the notes out by locks.
const { Pool } = require('pg')

const database = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
database.on('error', (err) => console.error('database:', err.message))
let ending = false
process.on('SIGTERM', () => { ending = true })

async function next () {
  const { rowCount } = await database.query(`UPDATE notes SET words = array_length(regexp_split_to_array(trim(text), '\\s+'), 1)
    WHERE id = (SELECT id FROM notes WHERE words IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)`)
  return rowCount > 0
}

async function work () {
  while (!ending) {
    const busy = await next().catch((err) => { console.error(err.message); return false })
    if (!busy) await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await database.end()
}

work()
