package api

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

type none struct{}

// CampPath is where operations of a camp lie.
type CampPath struct {
	Camp string `path:"camp" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the camp"`
}

// CheckinPath is where operations of a check-in lie.
type CheckinPath struct {
	Checkin string `path:"checkin" pattern:"^[0-9A-Za-z_:-]{1,160}$" patternDescription:"id" doc:"Id of the check-in"`
}

// ScenePath is where operations of a scanned code lie.
type ScenePath struct {
	Scene string `path:"scene" pattern:"^[0-9A-Za-z_-]{1,32}$" patternDescription:"scene" doc:"The scene that the code carries"`
}

// Page asks for a part of a list.
type Page struct {
	After string `query:"after" maxLength:"1400" doc:"The next of the page before; without it the list begins"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many items at most"`
}

func (p Page) page() domain.Page { return domain.Page{After: domain.Cursor(p.After), Limit: p.Limit} }

// List is a page of a list.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"Ask for the next page with after=…; empty at the end"`
}

// Answer is a body without more.
type Answer[T any] struct{ Body T }

func answer[T any](body T) *Answer[T] { return &Answer[T]{body} }

// Made is the answer to a creation: 201, or 200 if the thing was there before.
type Made[T any] struct {
	Status int
	Body   T
}

// listOf converts a page for the client.
func listOf[S, T any](items []S, next domain.Cursor, convert func(S) T) *Answer[List[T]] {
	list := List[T]{Items: make([]T, len(items)), Next: string(next)}
	for i, item := range items {
		list.Items[i] = convert(item)
	}
	return answer(list)
}

// unescaped gives handlers the ids of the path as they were meant, also when a client escaped their colons.
func unescaped(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().URL.RawPath != "" {
			values := c.ParamValues()
			for i, value := range values {
				if plain, err := url.PathUnescape(value); err == nil {
					values[i] = plain
				}
			}
			c.SetParamValues(values...)
		}
		return next(c)
	}
}

func made[T any](body T, fresh bool) *Made[T] {
	if fresh {
		return &Made[T]{http.StatusCreated, body}
	}
	return &Made[T]{http.StatusOK, body}
}
