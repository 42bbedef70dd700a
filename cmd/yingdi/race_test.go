//go:build race

package main

// hurried is a program that the race detector slows down ten times: fewer learners do.
const hurried = true
