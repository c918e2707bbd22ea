package view

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// texts are all texts of a language by the path of their field.
func texts(v reflect.Value, path string, into map[string]string) {
	switch v.Kind() {
	case reflect.String:
		into[path] = v.String()
	case reflect.Map:
		for _, k := range v.MapKeys() {
			texts(v.MapIndex(k), path+"."+k.String(), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), path+"."+v.Type().Field(i).Name, into)
		}
	default:
		panic("words hold a " + v.Kind().String())
	}
}

var holes = regexp.MustCompile(`%[a-z]|\{\w+\}`)

func TestEveryLanguageHasEveryWord(t *testing.T) {
	all := map[string]map[string]string{}
	for _, lang := range Languages {
		all[lang] = map[string]string{}
		texts(reflect.ValueOf(*In(lang)), "", all[lang])
		if In(lang).Lang != lang {
			t.Errorf("the words in %s say that they are in %s", lang, In(lang).Lang)
		}
	}
	for path, text := range all[English] {
		if text == "" {
			t.Errorf("no English for %s", path)
		}
		want := holes.FindAllString(text, -1)
		slices.Sort(want)
		for _, lang := range Languages[1:] {
			other, ok := all[lang][path]
			if !ok || other == "" {
				t.Errorf("no %s for %s (%q)", lang, path, text)
			}
			got := holes.FindAllString(other, -1)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s for %s has %v to be filled in, want %v", lang, path, got, want)
			}
		}
	}
	for _, lang := range Languages[1:] {
		for path := range all[lang] {
			if _, ok := all[English][path]; !ok {
				t.Errorf("%s has %s, which English has not", lang, path)
			}
		}
	}
}

func TestKoreanKeepsOneStyle(t *testing.T) {
	words := map[string]string{}
	texts(reflect.ValueOf(*In(Korean)), "", words)
	for path, text := range words {
		for _, plain := range []string{"습니다.", "하십시오", "한다.", "이다."} {
			if strings.Contains(text, plain) {
				t.Errorf("%s leaves the 해요 style: %s", path, text)
			}
		}
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	if In("xx").Lang != English || Known("xx") || !Known(Korean) {
		t.Error("xx is not shown in English")
	}
}
