//go:build !race

package main

const hurried = false
