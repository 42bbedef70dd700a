package main

import (
	"context"
	"iter"

	"yingdi/domain"
	"yingdi/domain/enrolment"
	"yingdi/domain/idempotency"
	"yingdi/domain/member"
	"yingdi/domain/payment"
	"yingdi/domain/push"
	"yingdi/domain/session"
	"yingdi/domain/study"
	"yingdi/storage"
)

// sealed lists every collection in which something is sealed. A test looks for those that are not here.
func sealed(at stores) []domain.Vault {
	return []domain.Vault{
		vault("member", at.members.Collection, (*member.Member).Seals),
		vault("credential", at.credentials.Collection, (*session.Credential).Seals),
		vault("enrolment", at.enrolments.Collection, (*enrolment.Enrolment).Seals),
		vault("mark", at.marks.Collection, (*study.Mark).Seals),
		vault("payment", at.payments.Collection, (*payment.Notice).Seals),
		vault("push", at.pushes.Collection, (*push.Push).Seals),
		vault("answer", at.answers.Collection, (*idempotency.Answer).Seals),
	}
}

func vault[T any](name string, c *storage.Collection[T], seals func(*T) []domain.Sealed) domain.Vault {
	each := func(ctx context.Context) iter.Seq2[T, error] { return c.Each(ctx, storage.By("id")) }
	return domain.VaultOf[T]{Collection: name, Store: c, Each: each, Sealed: seals}
}
