package load

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
)

// pictures is where the site has them.
const pictures = "/uploads/"

// sendPicture uploads a picture, publishes it and returns its path, empty where
// the target does not take it.
func (s *site) sendPicture(ctx context.Context, via *clients) string {
	content := picture()
	var ticket struct {
		Key, Method, URL string
		Headers          map[string]string
	}
	who := s.people[0].token
	in := map[string]any{"content_type": "image/png", "size": len(content)}
	if s.call(ctx, via, http.MethodPost, "/api/uploads", who, in, &ticket) != nil {
		return ""
	}
	if strings.HasPrefix(ticket.URL, "/") {
		ticket.URL = s.target + ticket.URL
	}
	r, err := http.NewRequestWithContext(ctx, ticket.Method, ticket.URL, bytes.NewReader(content))
	if err != nil {
		return ""
	}
	for name, value := range ticket.Headers {
		r.Header.Set(name, value)
	}
	resp, err := via.client.Do(r)
	if err != nil {
		return ""
	}
	resp.Body.Close()
	var post struct{ ID string }
	err = s.call(ctx, via, http.MethodPost, "/api/posts", who,
		map[string]string{"title": "A picture", "body": "Of the load.", "picture": ticket.Key}, &post)
	if err != nil {
		return ""
	}
	path := pictures + ticket.Key
	if status, _ := s.get(ctx, via, path); status != http.StatusOK {
		return ""
	}
	return path
}

// picture is one of some kilobytes.
func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 200, 150))
	for x := range 200 {
		for y := range 150 {
			img.Set(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: uint8(x * y), A: 255})
		}
	}
	var b bytes.Buffer
	png.Encode(&b, img) //nolint:errcheck // a buffer takes all
	return b.Bytes()
}
