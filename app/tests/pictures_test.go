package tests

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/pictures"
	"github.com/rung-dev/rung/app/product"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

// browser signs up by the form and keeps the cookie.
func browser(t *testing.T, app *product.App) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &http.Client{Jar: jar, Timeout: time.Minute}
	name := fmt.Sprintf("browser-%d", people.Add(1))
	resp, err := c.PostForm("http://"+app.Address+"/signup",
		url.Values{"email": {name + "@example.com"}, "name": {name}, "password": {password}})
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode, "the feed")
	return c
}

// form is one with a picture.
func form(t *testing.T, content []byte) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	require.NoError(t, w.WriteField("title", "A picture"))
	require.NoError(t, w.WriteField("body", "text"))
	f, err := w.CreateFormFile("picture", "p.jpg")
	require.NoError(t, err)
	_, err = f.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return body, w.FormDataContentType()
}

// phone is a picture of so many bytes with a place, lying on its side.
func phone(t *testing.T, w, h, atLeast int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = byte(i * i >> 3)
	}
	p.Set(0, 0, color.White)
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, p, &jpeg.Options{Quality: 90}))
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00" +
		"\x00\x00GPS 52.5 13.4"
	head := []byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}
	out := append(append(head, exif...), b.Bytes()[2:]...)
	for len(out) < atLeast { // as phones keep a film behind the picture
		out = append(out, out[:min(len(out), atLeast-len(out))]...)
	}
	return out
}

// temporary is where a process keeps files of forms.
func temporary(t *testing.T) (dir string, files func() []string) {
	t.Helper()
	dir = t.TempDir()
	t.Setenv("TMPDIR", dir)
	return dir, func() (all []string) {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all = append(all, path)
			}
			return nil
		}))
		return all
	}
}

// No form and no upload leaves a file behind, whichever handler it goes to and
// however it ends.
func TestFormsLeaveNoFiles(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleWeb, env, server.Options{})
	_, files := temporary(t)
	b := browser(t, app)
	large := phone(t, 64, 32, 3<<20)
	for _, path := range []string{"/write", "/login", "/signup", "/exports", "/people/x/follow", "/", "/api/posts",
		"/api/uploads", "/uploads/pictures/x", "/uploads/", "/nothing", "/logout"} {
		for _, method := range []string{"POST", "PUT"} {
			body, kind := form(t, large)
			r, err := http.NewRequest(method, "http://"+app.Address+path, body)
			require.NoError(t, err)
			r.Header.Set("Content-Type", kind)
			resp, err := b.Do(r)
			if err == nil { // a server may close what it does not want to read
				resp.Body.Close()
			}
		}
	}
	b = browser(t, app) // who has logged out
	body, kind := form(t, large)
	for _, part := range []int{2 << 20, 3<<20 - 100} { // and who breaks off, early or late
		conn, err := net.Dial("tcp", app.Address)
		require.NoError(t, err)
		u, _ := url.Parse("http://" + app.Address)
		fmt.Fprintf(conn, "POST /write HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n", app.Address, kind,
			body.Len())
		for _, c := range b.Jar.Cookies(u) {
			fmt.Fprintf(conn, "Cookie: %s=%s\r\n", c.Name, c.Value)
		}
		fmt.Fprint(conn, "\r\n")
		_, err = conn.Write(body.Bytes()[:part])
		require.NoError(t, err)
		require.Eventually(t, func() bool { return len(files()) > 0 }, time.Minute, time.Millisecond, "it is there meanwhile")
		conn.Close()
		require.Eventually(t, func() bool { return len(files()) == 0 }, time.Minute, 10*time.Millisecond, "%v", files())
	}
	assert.Empty(t, files())
}

// A phone's picture over a slow line: it takes longer than anything else may,
// and is published upright and without the place.
func TestSlowPicture(t *testing.T) {
	t.Parallel()
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleAll, env, server.Options{})
	b := browser(t, app)
	content := phone(t, 640, 480, 4_300_000)
	body, kind := form(t, content)
	slow, send := io.Pipe()
	go func() {
		for body.Len() > 0 { // 12 seconds: longer than a request may take once it is here
			send.Write(body.Next(360_000)) //nolint:errcheck // the server went away
			time.Sleep(time.Second)
		}
		send.Close()
	}()
	r, err := http.NewRequest("POST", "http://"+app.Address+"/write", slow)
	require.NoError(t, err)
	r.Header.Set("Content-Type", kind)
	resp, err := b.Do(r)
	require.NoError(t, err)
	page, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode, string(page))
	_, rest, _ := strings.Cut(string(page), `src="/uploads/`)
	key, _, _ := strings.Cut(rest, `"`)
	got := newClient(t, app).do(200, "GET", "/uploads/"+key, nil)
	assert.NotContains(t, string(got.body), "GPS")
	assert.Contains(t, got.header.Get("Cache-Control"), "max-age=3600")
	lies := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"
	assert.Contains(t, string(got.body), lies, "browsers turn it")
	p, err := jpeg.Decode(bytes.NewReader(got.body))
	require.NoError(t, err)
	assert.Equal(t, image.Pt(640, 480), p.Bounds().Size())
}

// Each person may keep so much, and no more; what nothing shows is collected.
func TestQuotaAndOrphans(t *testing.T) {
	env := apptest.NewEnv(t)
	env[contract.EnvQuota] = "1"
	app := start(t, contract.RoleAll, env, server.Options{})
	c := newClient(t, app)
	c.signUp()
	content := picture(t)
	var orphans []string
	for range 3 {
		key, status := upload(t, c, content, nil)
		require.Equal(t, 200, status)
		orphans = append(orphans, key)
	}
	a := c.do(422, "POST", "/api/uploads", map[string]any{"content_type": "image/png", "size": 1 << 20})
	assert.Contains(t, string(a.body), "1 MB")
	other := newClient(t, app)
	other.signUp()
	other.do(201, "POST", "/api/uploads", map[string]any{"content_type": "image/png", "size": 1 << 20})
	a = c.do(422, "POST", "/api/uploads", map[string]any{"content_type": "image/heic", "size": 1 << 10})
	assert.Contains(t, string(a.body), "send it as JPEG")

	var p post
	c.do(201, "POST", "/api/posts", map[string]string{"title": "Shown", "body": "x", "picture": orphans[0]}).into(t, &p)
	var twin post
	c.do(201, "POST", "/api/posts", map[string]string{"title": "Shown twice", "body": "x", "picture": orphans[0]}).into(t,
		&twin)
	_, err := app.Store.Pools().Primary().Exec(t.Context(), "UPDATE uploads SET created_at = now() - interval '2 days'")
	require.NoError(t, err)
	require.NoError(t, app.Collect(t.Context()))
	for _, key := range orphans[1:] {
		require.Eventually(t, func() bool { return notThere(c, "/uploads/"+key) }, time.Minute, 20*time.Millisecond)
		_, err := os.Stat(filepath.Join(env[contract.EnvUploadsDir], key))
		assert.ErrorIs(t, err, fs.ErrNotExist)
	}
	c.do(204, "DELETE", "/api/posts/"+p.ID, nil)
	require.NoError(t, app.Store.Discard(t.Context(), mustUser(t, app, c), orphans[0]))
	require.Eventually(t, func() bool { return waiting(t, app) == 0 }, time.Minute, 20*time.Millisecond)
	c.do(200, "GET", "/uploads/"+orphans[0], nil)
	c.do(204, "DELETE", "/api/posts/"+twin.ID, nil)
	require.Eventually(t, func() bool { return notThere(c, "/uploads/"+orphans[0]) }, time.Minute, 20*time.Millisecond,
		"another post showed it, until it went, too")
}

func waiting(t *testing.T, app *product.App) (n int) {
	t.Helper()
	require.NoError(t, app.Store.Pools().Primary().QueryRow(t.Context(), "SELECT count(*) FROM discarded").Scan(&n))
	return n
}

// What is deleted is deleted at the CDN, however often that takes.
func TestDeletedPicturesLeaveTheCDN(t *testing.T) {
	cloud, env, options := cloudEnv(t)
	env[contract.EnvCDN], env[contract.EnvCDNDistribution] = "cloudfront", cloud.Distribution("E1")
	app := start(t, contract.RoleAll, env, options)
	c := newClient(t, app)
	c.signUp()
	key, status := upload(t, c, picture(t), nil)
	require.Equal(t, 200, status)
	var p post
	c.do(201, "POST", "/api/posts", map[string]string{"title": "A", "body": "x", "picture": key}).into(t, &p)
	c.do(204, "DELETE", "/api/posts/"+p.ID, nil)
	require.Eventually(t, func() bool { return strings.Contains(strings.Join(cloud.Purged(), "\n"), "/uploads/"+key) },
		time.Minute, 20*time.Millisecond)
}

// A CDN that refuses is asked again until it has forgotten what was deleted.
func TestARefusedPurgeComesAgain(t *testing.T) {
	cloud, env, options := cloudEnv(t)
	env[contract.EnvCDN], env[contract.EnvCDNDistribution] = "cloudfront", cloud.Distribution("E1")
	app := start(t, contract.RoleAll, env, options)
	c := newClient(t, app)
	c.signUp()
	key, status := upload(t, c, picture(t), nil)
	require.Equal(t, 200, status)
	var p post
	c.do(201, "POST", "/api/posts", map[string]string{"title": "A", "body": "x", "picture": key}).into(t, &p)
	cloud.RefusePurges(true)
	c.do(204, "DELETE", "/api/posts/"+p.ID, nil)
	require.Eventually(t, func() bool { return cloud.Refused("/uploads/"+key) > 0 }, time.Minute, 20*time.Millisecond)
	assert.NotContains(t, cloud.Purged(), "/uploads/"+key)
	assert.Equal(t, 1, waiting(t, app), "it is not forgotten")
	cloud.RefusePurges(false)
	again := func() bool { // as if a minute had gone by
		_, err := app.Store.Pools().Primary().Exec(t.Context(), "UPDATE discarded SET tried_at = '-infinity'")
		return err == nil && waiting(t, app) == 0
	}
	require.Eventually(t, again, time.Minute, 50*time.Millisecond)
	assert.Contains(t, cloud.Purged(), "/uploads/"+key)
}

// Ten small files that would take 3 GB in memory are refused by their heads.
func TestTenPictureBombs(t *testing.T) {
	app := start(t, contract.RoleAll, apptest.NewEnv(t), server.Options{})
	bomb := pictureBomb()
	assert.InDelta(t, 301<<10, len(bomb), 10<<10)
	c := newClient(t, app)
	c.signUp()
	was := allocated()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, status := upload(t, c, bomb, nil)
			assert.Contains(t, []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}, status,
				"refused, or told to wait: two of one person at a time")
			_, err := pictures.NewStudio().Thumbnail(t.Context(), bomb)
			assert.ErrorIs(t, err, pictures.ErrLarge)
		})
	}
	all.Wait()
	assert.Less(t, allocated()-was, uint64(100<<20), "one of them unpacked takes 318 MB")
}

// allocated is what was allocated in all, in bytes: nothing that is given back in between is missed.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Pictures from before files were counted are counted, once: those that a post shows
// are kept, and the others collected.
func TestPicturesFromBeforeAreCollected(t *testing.T) {
	_, inBucket, options := cloudEnv(t)
	for name, tt := range map[string]struct {
		env     apptest.Env
		options server.Options
	}{
		"in a bucket":    {env: inBucket, options: options},
		"in a directory": {env: apptest.NewEnv(t)},
	} {
		t.Run(name, func(t *testing.T) {
			app := start(t, contract.RoleAll, tt.env, tt.options)
			c := newClient(t, app)
			c.signUp()
			var keys []string
			for range 3 {
				key, status := upload(t, c, picture(t), nil)
				require.Equal(t, 200, status)
				keys = append(keys, key)
			}
			for _, key := range keys { // what is sent straight to a bucket is cleaned for a post
				var p post
				c.do(201, "POST", "/api/posts", map[string]string{"title": "A", "body": "x", "picture": key}).into(t, &p)
				if key != keys[0] {
					_, err := app.Store.Pools().Primary().Exec(t.Context(), "DELETE FROM posts WHERE id = $1", p.ID)
					require.NoError(t, err)
				}
			}
			before := func() {
				_, err := app.Store.Pools().Primary().Exec(t.Context(), "DELETE FROM uploads")
				require.NoError(t, err)
				for _, key := range keys {
					long := time.Now().Add(-48 * time.Hour)
					if dir := tt.env[contract.EnvUploadsDir]; dir != "" {
						require.NoError(t, os.Chtimes(filepath.Join(dir, key), long, long))
					}
				}
			}
			require.NoError(t, app.Collect(t.Context()))
			before()
			require.NoError(t, app.Collect(t.Context()))
			assert.Zero(t, kept(t, app, keys[1]), "it looks once")
			_, err := app.Store.Pools().Primary().Exec(t.Context(), "DELETE FROM adopted")
			require.NoError(t, err)
			before()
			require.NoError(t, app.Collect(t.Context()))
			if tt.env[contract.EnvUploadsDir] == "" { // S3 says itself when an object was put: let two days go by
				_, err := app.Store.Pools().Primary().Exec(t.Context(),
					"UPDATE uploads SET created_at = created_at - interval '2 days'")
				require.NoError(t, err)
				require.NoError(t, app.Collect(t.Context()))
			}
			for _, key := range keys[1:] {
				require.Eventually(t, func() bool { return notThere(c, "/uploads/"+key) }, time.Minute, 20*time.Millisecond)
			}
			assert.Positive(t, kept(t, app, keys[0]), "it counts against what the person may keep")
			c.do(200, "GET", "/uploads/"+keys[0], nil)
		})
	}
}

// Uploads share the database's disk: they leave it a reserve.
func TestUploadsLeaveAReserve(t *testing.T) {
	dir := t.TempDir()
	env := apptest.NewEnv(t)
	env[contract.EnvUploadsDir] = dir
	app, inside := startOnSmallDisk(t, env, dir, "web")
	c := &client{t: t, base: "http://" + app.Address, http: newHTTP()}
	c.signUp()
	content := picture(t)
	for status := 200; status == 200; {
		_, status = upload(t, c, content, nil)
	}
	left := make([]byte, 12<<10) // of 64 KB a quarter
	require.NoError(t, os.WriteFile(filepath.Join(inside, "database"), left, 0o600), "the database goes on")
}

// A client who waits for nothing costs nothing: a picture that is sent byte by
// byte is given up.
func TestAPictureThatStopsComing(t *testing.T) {
	t.Parallel()
	app := start(t, contract.RoleWeb, apptest.NewEnv(t), server.Options{})
	conn, err := net.Dial("tcp", app.Address)
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprintf(conn, "PUT /uploads/pictures/%s/%s.png?size=100&expires=1&signature=x HTTP/1.1\r\nHost: "+
		"x\r\nContent-Length: 100\r\n\r\nx", uuid.New(), uuid.New())
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	assert.Equal(t, 403, resp.StatusCode, "nobody reads what has no ticket")
	conn, err = net.Dial("tcp", app.Address)
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "+
		"100\r\n\r\n{")
	resp, err = http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	assert.Equal(t, 408, resp.StatusCode)
}

// A post that was deleted while its thumbnail was made leaves none.
func TestAThumbnailThatComesTooLate(t *testing.T) {
	env := apptest.NewEnv(t)
	app := start(t, contract.RoleAll, env, server.Options{})
	err := app.Posts.SetThumbnail(t.Context(), store.NewID(), uploads.Thumbnails+uuid.NewString()+".jpg")
	assert.ErrorIs(t, err, store.ErrNotFound)
}
