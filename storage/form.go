package storage

import (
	"context"

	"yingdi/domain/form"
)

// Forms keeps what camps ask at enrolment.
type Forms struct{ *Collection[form.Form] }

// FormVersions keeps what they asked before.
type FormVersions struct{ *Collection[form.Version] }

// NewForms declares the collections.
func NewForms(ctx context.Context, db *DB) (forms Forms, versions FormVersions, err error) {
	if forms.Collection, err = NewCollection(ctx, db, "form", Keys[form.Form]{}); err != nil {
		return
	}
	versions.Collection, err = NewCollection(ctx, db, "form_version", Keys[form.Version]{})
	return
}

var (
	_ form.Store    = Forms{}
	_ form.Versions = FormVersions{}
)
