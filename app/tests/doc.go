// Package tests holds the app against real servers: see package apptest.
package tests
