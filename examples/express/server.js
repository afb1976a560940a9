'use strict'
// Notes: an Express app with PostgreSQL and Redis that knows nothing of rung. It
// reads PORT, HOST, DATABASE_URL and REDIS_URL, as it would anywhere.
const express = require('express')
const Redis = require('ioredis')
const { Pool } = require('pg')

const database = new Pool({ connectionString: process.env.DATABASE_URL, max: 5 })
database.on('error', (err) => console.error('database:', err.message))
const cache = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 1 })
cache.on('error', (err) => console.error('cache:', err.message))

const latest = 'notes:latest'
const app = express()
app.use(express.json({ limit: '16kb' }))
// Files whose names change with their content may be kept for a year.
app.use('/static', express.static('public', { immutable: true, maxAge: '365d' }))

let draining = false
app.get('/health', (req, res) => res.status(draining ? 503 : 200).set('Cache-Control', 'no-store').send('ok\n'))

// Pages that are the same for everybody may be kept for some seconds.
app.get('/', (req, res) => res.set('Cache-Control', 'public, max-age=10').type('html')
  .send('<!doctype html><title>Notes</title><link rel="stylesheet" href="/static/app.5a1e0c7d.css"><h1>Notes</h1>\n'))

app.get('/notes', async (req, res, next) => {
  try {
    res.set('Cache-Control', 'private, no-store')
    const kept = await cache.get(latest).catch(() => null)
    if (kept) return res.set('X-Cache', 'hit').type('json').send(kept)
    const { rows } = await database.query('SELECT id, text, words FROM notes ORDER BY id DESC LIMIT 20')
    const text = JSON.stringify(rows)
    await cache.set(latest, text, 'EX', 10).catch(() => null)
    res.set('X-Cache', 'miss').type('json').send(text)
  } catch (err) { next(err) }
})

app.post('/notes', async (req, res, next) => {
  try {
    if (typeof req.body.text !== 'string' || req.body.text === '') return res.status(400).json({ error: 'want text' })
    const { rows } = await database.query('INSERT INTO notes (text) VALUES ($1) RETURNING id', [req.body.text])
    await cache.del(latest).catch(() => null)
    res.set('Cache-Control', 'no-store').status(201).json(rows[0])
  } catch (err) { next(err) }
})

app.use((err, req, res, next) => {
  console.error(err.message)
  res.set('Cache-Control', 'no-store').status(500).json({ error: 'try again' })
})

const server = app.listen(process.env.PORT || 8080, process.env.HOST || '0.0.0.0', () => console.log('serves', server.address()))

// SIGTERM: answer what was asked, take no more, end.
process.on('SIGTERM', () => {
  draining = true
  server.close(async () => {
    await Promise.allSettled([database.end(), cache.quit()])
    process.exit(0)
  })
  server.closeIdleConnections()
})
