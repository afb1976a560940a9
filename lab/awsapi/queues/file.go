package queues

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// root is the file's bucket with one further for each queue, of messages by number.
var root = []byte("queues")

// change is what becomes of one message of a queue.
type change struct {
	arn     string
	message message
	gone    bool
}

func key(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }

// write makes changes together or not at all. New messages, of number 0, get theirs.
func write(db *bbolt.DB, changes []change) error {
	if len(changes) == 0 {
		return nil
	}
	return db.Update(func(tx *bbolt.Tx) error {
		top, err := tx.CreateBucketIfNotExists(root)
		if err != nil {
			return err
		}
		for i := range changes {
			if err := changes[i].write(top); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *change) write(top *bbolt.Bucket) error {
	b, err := top.CreateBucketIfNotExists([]byte(c.arn))
	if err != nil {
		return err
	}
	if c.gone {
		return b.Delete(key(c.message.Number))
	}
	if c.message.Number == 0 {
		if c.message.Number, err = b.NextSequence(); err != nil {
			return err
		}
	}
	text, err := json.Marshal(c.message)
	if err != nil {
		return err
	}
	return b.Put(key(c.message.Number), text)
}

// load reads all messages by their queue's ARN, in the order of their numbers.
func load(db *bbolt.DB) (map[string][]message, error) {
	kept := map[string][]message{}
	err := db.View(func(tx *bbolt.Tx) error {
		top := tx.Bucket(root)
		if top == nil {
			return nil
		}
		return top.ForEachBucket(func(arn []byte) error {
			messages, err := loadQueue(top.Bucket(arn))
			kept[string(arn)] = messages
			return err
		})
	})
	return kept, err
}

func loadQueue(b *bbolt.Bucket) ([]message, error) {
	var all []message
	err := b.ForEach(func(k, v []byte) error {
		var m message
		if err := json.Unmarshal(v, &m); err != nil || len(k) != 8 {
			return fmt.Errorf("message %x: %w", k, err)
		}
		m.Number = binary.BigEndian.Uint64(k)
		all = append(all, m)
		return nil
	})
	return all, err
}

// keepOnly removes every queue but these.
func keepOnly(db *bbolt.DB, arns []string) error {
	return db.Update(func(tx *bbolt.Tx) error {
		top, err := tx.CreateBucketIfNotExists(root)
		if err != nil {
			return err
		}
		var gone [][]byte
		if err := top.ForEachBucket(func(arn []byte) error {
			if !slices.Contains(arns, string(arn)) {
				gone = append(gone, slices.Clone(arn))
			}
			return nil
		}); err != nil {
			return err
		}
		for _, arn := range gone {
			if err := top.DeleteBucket(arn); err != nil {
				return err
			}
		}
		return nil
	})
}
