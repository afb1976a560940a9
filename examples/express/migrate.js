'use strict'
// Runs once for each release, before it gets traffic.
const { Client } = require('pg')

async function migrate () {
  const database = new Client({ connectionString: process.env.DATABASE_URL })
  await database.connect()
  await database.query('CREATE TABLE IF NOT EXISTS notes (id bigserial PRIMARY KEY, text text NOT NULL, words integer)')
  await database.end()
  console.log('the tables are there')
}

migrate().catch((err) => { console.error(err.message); process.exit(1) })
