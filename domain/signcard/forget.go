package signcard

import "context"

// Forget deletes the pictures that go with a card: it shows who somebody was. As the first step before its document goes.
func (s *Service) Forget(ctx context.Context, c Card) error {
	for _, at := range []string{key(c.ID), codeKey(c.Camp, c.Member)} {
		if err := s.Bucket.Delete(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// ForgetInvite deletes the picture of an invite card. As the first step before its document goes.
func (s *Service) ForgetInvite(ctx context.Context, i Invite) error {
	return s.Bucket.Delete(ctx, inviteKey(i.Camp, i.Member))
}
