package storage

import (
	"context"

	"yingdi/domain/product"
)

// Products keeps the price lists of camps.
type Products struct {
	*Collection[product.Product]
}

// NewProducts declares the collection. A price list is found by its camp's id alone.
func NewProducts(ctx context.Context, db *DB) (Products, error) {
	c, err := NewCollection(ctx, db, "product", Keys[product.Product]{})
	return Products{c}, err
}

var _ product.Store = Products{}
