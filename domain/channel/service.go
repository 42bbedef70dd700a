// Package channel knows where people come from. Every code, link and poster carries a scene, a short opaque id that the
// server resolves.
package channel

import "yingdi/domain"

// Service holds the use cases.
type Service struct {
	Store  Store
	WeChat WeChat
	Bucket Bucket
	Files  Files
	URL    string // scheme://host under which people reach us
	Sealer *domain.Sealer
	Clock  domain.Clock
}
