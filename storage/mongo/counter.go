package mongo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"yingdi/domain"
	"yingdi/storage"
)

// tally is a counter as it is stored. Ops are the remembered ones and what each added; their names are escaped.
type tally struct {
	ID    string           `bson:"_id"`
	Value int64            `bson:"value"`
	Rev   int64            `bson:"rev"`
	Ops   map[string]int64 `bson:"ops"`

	Stamps map[string]int64 `bson:"stamps"` // by stripe
}

// stripe is the place of the stamp that guards op.
func stripe(op string) string { return fmt.Sprint("s", storage.Stripe(op)) }

func (e *Engine) counters() *mongo.Collection { return e.db.Collection("_counters") }

// tally reads the counter; found is false if nothing was ever added.
func (e *Engine) tally(ctx context.Context, counter string) (t tally, found bool, err error) {
	err = e.counters().FindOne(ctx, byID(counter)).Decode(&t)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return tally{ID: counter, Ops: map[string]int64{}, Stamps: map[string]int64{}}, false, nil
	}
	return t, err == nil, unavailable(ctx, err)
}

func named(counter string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("counter %s: %w", counter, err)
}

// Stamp implements storage.Counters.
func (e *Engine) Stamp(ctx context.Context, counter, op string) (int64, error) {
	now, _, err := e.tally(ctx, counter)
	return now.Stamps[stripe(op)], named(counter, err)
}

// Add implements storage.Counters: one update that holds the bound, the stamp and the op in its own condition.
func (e *Engine) Add(ctx context.Context, counter, op string, stamp, delta, max int64) (int64, error) {
	value, err := e.add(ctx, counter, op, stamp, delta, max)
	return value, named(counter, err)
}

func (e *Engine) add(ctx context.Context, counter, op string, stamp, delta, max int64) (int64, error) {
	place := "ops." + escape(op)
	filter := append(byID(counter), bson.E{Key: place, Value: bson.D{{Key: "$exists", Value: false}}})
	if stamp == 0 {
		filter = append(filter, bson.E{Key: "stamps." + stripe(op), Value: bson.D{{Key: "$exists", Value: false}}})
	} else {
		filter = append(filter, bson.E{Key: "stamps." + stripe(op), Value: stamp})
	}
	switch {
	case delta > 0:
		filter = append(filter, bson.E{Key: "value", Value: bson.D{{Key: "$lte", Value: max - delta}}})
	case delta < 0:
		filter = append(filter, bson.E{Key: "value", Value: bson.D{{Key: "$gte", Value: -delta}}})
	}
	update := bson.D{
		{Key: "$inc", Value: bson.D{{Key: "value", Value: delta}, {Key: "rev", Value: int64(1)}}},
		{Key: "$set", Value: bson.D{{Key: place, Value: delta}}},
	}
	for try := range maxTries {
		write, err := begun(ctx)
		if err != nil {
			return 0, err
		}
		var after tally
		err = e.counters().FindOneAndUpdate(write, filter, update, options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&after)
		if err == nil {
			return after.Value, nil
		}
		if !errors.Is(err, mongo.ErrNoDocuments) {
			return 0, unavailable(write, err)
		}
		now, found, err := e.tally(ctx, counter)
		if err != nil {
			return 0, err
		}
		if _, again := now.Ops[escape(op)]; again {
			return now.Value, nil
		}
		if now.Stamps[stripe(op)] != stamp {
			return 0, domain.ErrConflict
		}
		if delta > 0 && now.Value > max-delta || delta < 0 && now.Value < -delta {
			return 0, domain.ErrExhausted
		}
		if !found {
			if _, err := e.counters().InsertOne(write, now); err != nil && !mongo.IsDuplicateKeyError(err) {
				return 0, unavailable(write, err)
			}
			continue
		}
		if err := pause(ctx, try); err != nil { // somebody gave back in between
			return 0, err
		}
	}
	return 0, domain.ErrConflict
}

// Undo implements storage.Counters.
func (e *Engine) Undo(ctx context.Context, counter, op string) error {
	return named(counter, e.forget(ctx, counter, op, true))
}

// Settle implements storage.Counters.
func (e *Engine) Settle(ctx context.Context, counter, op string) error {
	return named(counter, e.forget(ctx, counter, op, false))
}

func (e *Engine) forget(ctx context.Context, counter, op string, takeBack bool) error {
	for try := range maxTries {
		now, _, err := e.tally(ctx, counter)
		if err != nil {
			return err
		}
		delta, remembered := now.Ops[escape(op)]
		if !remembered && !takeBack {
			return nil
		}
		done, err := e.forgotten(ctx, now, op, delta, remembered, takeBack)
		if err != nil || done {
			return err
		}
		if err := pause(ctx, try); err != nil { // somebody added or forgot the op in between
			return err
		}
	}
	return domain.ErrConflict
}

// forgotten moves the op's stamp and forgets the op, if the op still stands as it was read.
func (e *Engine) forgotten(ctx context.Context, read tally, op string, delta int64, remembered, takeBack bool) (bool, error) {
	ctx, err := begun(ctx)
	if err != nil {
		return false, err
	}
	place, moved := "ops."+escape(op), bson.E{Key: "stamps." + stripe(op), Value: int64(1)}
	if !remembered {
		filter := append(byID(read.ID), bson.E{Key: place, Value: bson.D{{Key: "$exists", Value: false}}})
		_, err := e.counters().UpdateOne(ctx, filter, bson.D{
			{Key: "$inc", Value: bson.D{moved}},
			{Key: "$setOnInsert", Value: bson.D{{Key: "value", Value: int64(0)}, {Key: "rev", Value: int64(0)}}},
		}, options.UpdateOne().SetUpsert(true))
		if mongo.IsDuplicateKeyError(err) {
			return false, nil
		}
		return err == nil, unavailable(ctx, err)
	}
	back := int64(0)
	if takeBack {
		back = -delta
	}
	done, err := e.counters().UpdateOne(ctx, append(byID(read.ID), bson.E{Key: place, Value: delta}), bson.D{
		{Key: "$inc", Value: bson.D{{Key: "value", Value: back}, {Key: "rev", Value: int64(1)}, moved}},
		{Key: "$unset", Value: bson.D{{Key: place, Value: ""}}},
	})
	if err != nil {
		return false, unavailable(ctx, err)
	}
	return done.MatchedCount == 1, nil
}

// Value implements storage.Counters.
func (e *Engine) Value(ctx context.Context, counter string) (int64, error) {
	now, _, err := e.tally(ctx, counter)
	return now.Value, named(counter, err)
}

// Recount implements storage.Counters.
func (e *Engine) Recount(ctx context.Context, counter string, facts func(ops []string) (int64, error)) (int64, error) {
	for range storage.RecountTries {
		now, found, err := e.tally(ctx, counter)
		if err != nil {
			return 0, named(counter, err)
		}
		ops := slices.Collect(maps.Keys(now.Ops))
		for i := range ops {
			ops[i] = unescape(ops[i])
		}
		value, err := facts(ops)
		if err != nil {
			return 0, err
		}
		set, err := e.recounted(ctx, now, found, value)
		if err != nil {
			return 0, named(counter, err)
		}
		if set {
			return value, nil
		}
	}
	return 0, named(counter, domain.ErrConflict)
}

// recounted sets the value unless the counter has moved since it was read.
func (e *Engine) recounted(ctx context.Context, read tally, found bool, value int64) (bool, error) {
	ctx, err := begun(ctx)
	if err != nil {
		return false, err
	}
	if !found {
		read.Value, read.Rev = value, 1
		_, err := e.counters().InsertOne(ctx, read)
		if mongo.IsDuplicateKeyError(err) {
			return false, nil
		}
		return err == nil, unavailable(ctx, err)
	}
	done, err := e.counters().UpdateOne(ctx, append(byID(read.ID), bson.E{Key: "rev", Value: read.Rev}),
		bson.D{{Key: "$set", Value: bson.D{{Key: "value", Value: value}}}, {Key: "$inc", Value: bson.D{{Key: "rev", Value: int64(1)}}}})
	if err != nil {
		return false, unavailable(ctx, err)
	}
	return done.MatchedCount == 1, nil
}
