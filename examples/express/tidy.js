'use strict'
// Runs each night: the oldest notes go.
const { Client } = require('pg')

async function tidy () {
  const database = new Client({ connectionString: process.env.DATABASE_URL })
  await database.connect()
  const { rowCount } = await database.query('DELETE FROM notes WHERE id <= (SELECT max(id) FROM notes) - 1000')
  await database.end()
  console.log(rowCount, 'old notes are gone')
}

tidy().catch((err) => { console.error(err.message); process.exit(1) })
