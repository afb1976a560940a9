package edge

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // functions may ask for it
	"crypto/sha1" //nolint:gosec // functions may ask for it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"github.com/dop251/goja"
)

// module is CloudFront's own: the key-value store. What is not there throws.
func (c *compiled) module(vm *goja.Runtime) map[string]any {
	get := func(key string, options map[string]any) goja.Value {
		value, ok := c.store[key]
		if !ok {
			panic(vm.ToValue("KeyNotFound"))
		}
		if options["format"] != "json" {
			return vm.ToValue(value)
		}
		parse, _ := goja.AssertFunction(vm.Get("JSON").ToObject(vm).Get("parse"))
		parsed, err := parse(goja.Undefined(), vm.ToValue(value))
		if err != nil {
			panic(vm.ToValue(err.Error()))
		}
		return parsed
	}
	exists := func(key string) bool { _, ok := c.store[key]; return ok }
	return map[string]any{"kvs": func() map[string]any { return map[string]any{"get": get, "exists": exists} }}
}

// console writes nothing: its lines go to CloudWatch.
func console(*goja.Runtime) map[string]any { return map[string]any{"log": func(...any) {}} }

// modules is how functions ask for the modules that CloudFront has.
func modules(vm *goja.Runtime) func(string) goja.Value {
	return func(name string) goja.Value {
		if name != "crypto" {
			panic(vm.ToValue("the lab has no module " + name))
		}
		return vm.ToValue(map[string]any{
			"createHash": func(kind string) map[string]any { return digest(vm, hashOf(vm, kind)()) },
			"createHmac": func(kind, key string) map[string]any {
				return digest(vm, hmac.New(hashOf(vm, kind), []byte(key)))
			},
		})
	}
}

func hashOf(vm *goja.Runtime, kind string) func() hash.Hash {
	made, ok := map[string]func() hash.Hash{"sha256": sha256.New, "sha1": sha1.New, "md5": md5.New}[kind]
	if !ok {
		panic(vm.ToValue("there is no hash " + kind))
	}
	return made
}

// digest is a hash as functions have it: update returns itself.
func digest(vm *goja.Runtime, h hash.Hash) map[string]any {
	self := map[string]any{}
	self["update"] = func(text string) map[string]any {
		h.Write([]byte(text))
		return self
	}
	self["digest"] = func(form string) string {
		switch sum := h.Sum(nil); form {
		case "hex":
			return hex.EncodeToString(sum)
		case "base64":
			return base64.StdEncoding.EncodeToString(sum)
		case "base64url":
			return base64.RawURLEncoding.EncodeToString(sum)
		}
		panic(vm.ToValue("there is no form " + form))
	}
	return self
}
