package privacy

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Members is what this feature needs of domain/member.
type Members interface {
	Get(ctx context.Context, id string) (member.Member, error)
	ByOpenID(ctx context.Context, openID string) (member string, err error)
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
	// Close ends every session of a member and lets them in no more.
	Close(ctx context.Context, id string) error
}

// Service holds the use cases.
type Service struct {
	Policy    *Policy
	Consents  ConsentStore
	Deletions DeletionStore
	Downloads DownloadStore
	Holders   []Holder // the member's own last
	Members   Members
	Files     Files
	Archives  Archives
	Bucket    Bucket
	Clock     domain.Clock
}
