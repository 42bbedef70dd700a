package main

import (
	"reflect"
	"strings"
	"testing"
)

func TestNothingThatAServiceNeedsIsLeftOut(t *testing.T) {
	t.Parallel()
	services := reflect.ValueOf(newBundle(t).services).Elem()
	for i := range services.NumField() {
		name, v := services.Type().Field(i).Name, services.Field(i)
		if v.IsZero() {
			t.Errorf("%s is not joined", name)
			continue
		}
		if v.Kind() != reflect.Pointer || !strings.HasPrefix(v.Type().Elem().PkgPath(), "yingdi/domain/") {
			continue
		}
		for j := range v.Elem().NumField() {
			if v.Elem().Field(j).IsZero() {
				t.Errorf("%s.%s is not joined", name, v.Elem().Type().Field(j).Name)
			}
		}
	}
}
