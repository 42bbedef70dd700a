package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"yingdi/domain"
)

type outbox interface {
	pending(ctx context.Context, before time.Time, told func(domain.Posted) error) error
	waits(ctx context.Context, id, event, consumer string) (bool, error)
	ack(ctx context.Context, id, event, consumer string, consumers []string) error
}

// Pending tells of every event that was emitted before the given instant and still waits for a consumer.
func (db *DB) Pending(ctx context.Context, before time.Time, told func(domain.Posted) error) error {
	db.mu.Lock()
	boxes := maps.Clone(db.boxes)
	db.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(boxes)) {
		if err := boxes[name].pending(ctx, before, told); err != nil {
			return fmt.Errorf("outbox of %s: %w", name, err)
		}
	}
	return nil
}

// Waits reports whether the event still waits for the consumer. One whose document is gone does not.
func (db *DB) Waits(ctx context.Context, p domain.Posted, consumer string) (bool, error) {
	box, err := db.box(p.Collection)
	if err != nil {
		return false, fmt.Errorf("outbox: %w", err)
	}
	return box.waits(ctx, p.ID, p.Event.ID, consumer)
}

func (db *DB) box(collection string) (outbox, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	box, ok := db.boxes[collection]
	if !ok {
		return nil, fmt.Errorf("no collection %q", collection)
	}
	return box, nil
}

// Ack notes that consumer has dealt with the event, and clears the event once all consumers have. An event or a
// document that is gone is no error: somebody was quicker.
func (db *DB) Ack(ctx context.Context, p domain.Posted, consumer string, consumers []string) error {
	box, err := db.box(p.Collection)
	if err != nil {
		return fmt.Errorf("ack: %w", err)
	}
	return box.ack(ctx, p.ID, p.Event.ID, consumer, consumers)
}

func (c *Collection[T]) pending(ctx context.Context, before time.Time, told func(domain.Posted) error) error {
	for doc, err := range c.Each(ctx, By(OutboxIndex.Name).Range(nil, before)) {
		if err != nil {
			return err
		}
		head := c.head(&doc)
		for _, event := range head.Outbox {
			if event.At.Before(before) {
				if err := told(domain.Posted{Collection: c.schema.Name, ID: head.ID, Event: event}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *Collection[T]) waits(ctx context.Context, id, event, consumer string) (bool, error) {
	doc, err := c.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return err == nil && slices.ContainsFunc(c.head(&doc).Outbox, func(e domain.Event) bool {
		return e.ID == event && !slices.Contains(e.Done, consumer)
	}), err
}

func (c *Collection[T]) ack(ctx context.Context, id, event, consumer string, consumers []string) error {
	_, err := c.Update(ctx, id, func(doc *T) error {
		head := c.head(doc)
		at := slices.IndexFunc(head.Outbox, func(e domain.Event) bool { return e.ID == event })
		if at < 0 || slices.Contains(head.Outbox[at].Done, consumer) {
			return domain.ErrSame
		}
		done := append(slices.Clone(head.Outbox[at].Done), consumer)
		head.Outbox[at].Done = done
		if !slices.ContainsFunc(consumers, func(c string) bool { return !slices.Contains(done, c) }) {
			head.Outbox = slices.Delete(head.Outbox, at, at+1)
		}
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}
