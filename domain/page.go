package domain

// Page asks for a part of a list: at most Limit items after the Cursor.
type Page struct {
	After Cursor
	Limit int
}

// Cursor marks a place in a list by the keys of the last item seen, so that rows arriving meanwhile neither
// repeat nor skip anything. It is opaque to clients; the empty cursor is the beginning, and as an answer the end.
type Cursor string

// MaxPage is the most items one page holds.
const MaxPage = 100

// Size is the number of items to fetch: Limit if it lies within 1 and MaxPage, else otherwise.
func (p Page) Size(otherwise int) int {
	if p.Limit < 1 {
		return otherwise
	}
	return min(p.Limit, MaxPage)
}
