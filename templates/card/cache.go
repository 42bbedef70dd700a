package card

import (
	"container/list"
	"sync"
)

// cache remembers the values asked for last. Safe for concurrent use; two who ask at once may both make the value.
type cache[K comparable, V any] struct {
	mu    sync.Mutex
	most  int
	order *list.List // of *entry, the last asked for in front
	found map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func newCache[K comparable, V any](most int) *cache[K, V] {
	return &cache[K, V]{most: most, order: list.New(), found: map[K]*list.Element{}}
}

// drop forgets a value.
func (c *cache[K, V]) drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.found[key]; ok {
		c.order.Remove(e)
		delete(c.found, key)
	}
}

func (c *cache[K, V]) get(key K, produce func() V) V {
	c.mu.Lock()
	if e, ok := c.found[key]; ok {
		c.order.MoveToFront(e)
		c.mu.Unlock()
		return e.Value.(*entry[K, V]).value
	}
	c.mu.Unlock()
	value := produce()
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.found[key]; ok {
		return e.Value.(*entry[K, V]).value // somebody was faster
	}
	c.found[key] = c.order.PushFront(&entry[K, V]{key, value})
	if c.order.Len() > c.most {
		delete(c.found, c.order.Remove(c.order.Back()).(*entry[K, V]).key)
	}
	return value
}
