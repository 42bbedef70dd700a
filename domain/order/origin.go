package order

import "context"

// Origin says where the buyer came from when they ordered, by the ids of channels; one is empty if no channel led to them.
// Where they came from later changes nothing here.
type Origin struct {
	First string `json:"first,omitempty"` // that the organiser first knew them by
	Last  string `json:"last,omitempty"`  // that led them last
}

// Origins is what this feature needs of domain/channel.
type Origins interface {
	Of(ctx context.Context, organiser, member string) (Origin, error)
}
