//go:build e2e

package main

import "testing"

func TestRealCrowdRacesForTheLastSeatsOfFiftyGroups(t *testing.T) { raceForSeats(t, 2000, 50, 4) }
