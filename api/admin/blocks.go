package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// blockHandlers serve the blocks of content.
type blockHandlers struct{ store Store }

func (h *blockHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "list-blocks", Method: http.MethodGet, Path: "/api/v1/admin/blocks", Tags: []string{tagAdmin},
		Summary: "List blocked content, newest first",
	}, h.list)
	kit.Handle(r, huma.Operation{
		OperationID: "add-blocks", Method: http.MethodPost, Path: "/api/v1/admin/blocks", Tags: []string{tagAdmin},
		Summary: "Block content",
		Description: "Each value is an info hash, a magnet link, a host with all hosts below it, or an address with everything below it, in whose path * stands " +
			"for anything. A file is given by its id instead, and stands for the same file of other downloads of its torrent, too. From the response on, " +
			"nothing of it is delivered and no job for it is accepted; jobs that are open end as blocked_content. Nothing is deleted. " +
			"Blocking what is blocked changes nothing. Values that are refused are listed with why; the others are blocked all the same.",
	}, h.add)
	kit.Handle(r, huma.Operation{
		OperationID: "lift-block", Method: http.MethodPost, Path: "/api/v1/admin/blocks/{id}/lift", Tags: []string{tagAdmin},
		Summary: "Lift a block", Description: "What nothing else blocks is delivered again, and jobs that it ended can be retried.",
	}, h.lift)
}

type blockKind models.BlockKind

// Schema returns the schema of what a block goes by.
func (blockKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "BlockKind", "What a block goes by", models.BlockHash, models.BlockURL, models.BlockFile)
}

// Block is content that is refused here.
type Block struct {
	ID        uuid.UUID  `json:"id" format:"uuid"`
	Kind      blockKind  `json:"kind"`
	Value     string     `json:"value" doc:"The info hash, the address pattern, or the file's id"`
	Name      string     `json:"name" doc:"Of the file with its folders; empty for the other kinds"`
	Reason    string     `json:"reason"`
	By        string     `json:"by" doc:"E-mail address of who added it; empty for the console, and if the account was deleted"`
	Jobs      int64      `json:"jobs" doc:"That it covers of what is here"`
	Enforced  bool       `json:"enforced" doc:"False while what it covers is still being looked for: a few minutes at most"`
	CreatedAt time.Time  `json:"createdAt"`
	LiftedAt  *time.Time `json:"liftedAt"`
}

func blockOf(b models.Block) Block {
	return Block{
		ID: b.ID, Kind: blockKind(b.Kind), Value: b.Value, Name: b.Name, Reason: b.Reason, By: b.Email, Jobs: b.Jobs,
		Enforced: b.MarkedAt != nil, CreatedAt: b.CreatedAt, LiftedAt: b.LiftedAt,
	}
}

type blocksInput struct {
	Kind   blockKind `query:"kind" doc:"Only of this kind"`
	Search string    `query:"q" maxLength:"200" doc:"Part of the value, the name or the reason"`
	Lifted bool      `query:"lifted" doc:"Those that were lifted instead of those in force"`
	Cursor string    `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type blocksOutput struct {
	Body struct {
		Blocks     []Block `json:"blocks" nullable:"false" doc:"Newest first"`
		NextCursor string  `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"BlockList"`
}

func (h *blockHandlers) list(ctx context.Context, in *blocksInput) (*blocksOutput, error) {
	found, next, err := h.store.Blocks(ctx, models.BlockFilter{
		Kind: models.BlockKind(in.Kind), Search: in.Search, Lifted: in.Lifted, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &blocksOutput{}
	out.Body.Blocks, out.Body.NextCursor = make([]Block, 0, len(found)), next
	for _, b := range found {
		out.Body.Blocks = append(out.Body.Blocks, blockOf(b))
	}
	return out, nil
}

type newBlocksInput struct {
	Body struct {
		Values []string    `json:"values,omitempty" maxItems:"1000" doc:"Info hashes, magnet links, hosts and addresses"`
		Files  []uuid.UUID `json:"files,omitempty" maxItems:"1000" doc:"Ids of stored files"`
		Reason string      `json:"reason" minLength:"1" maxLength:"500" doc:"For administrators"`
	} `nameHint:"NewBlocks"`
}

// RefusedBlock is a value that could not be blocked.
type RefusedBlock struct {
	Value string `json:"value"`
	Why   string `json:"why"`
}

type newBlocksOutput struct {
	Body struct {
		Blocks  []Block        `json:"blocks" nullable:"false" doc:"In force, in the order of the request"`
		Refused []RefusedBlock `json:"refused" nullable:"false"`
	} `nameHint:"BlockResult"`
}

func (h *blockHandlers) add(ctx context.Context, in *newBlocksInput) (*newBlocksOutput, error) {
	if len(in.Body.Values)+len(in.Body.Files) == 0 {
		return nil, models.Errorf(models.CodeInvalid, "Name what to block.").In("values")
	}
	out := &newBlocksOutput{}
	out.Body.Blocks, out.Body.Refused = []Block{}, []RefusedBlock{}
	add := func(value string, isFile bool) error {
		b, err := h.store.Block(ctx, kit.ActorOf(ctx), value, isFile, in.Body.Reason)
		e := models.AsError(err)
		switch {
		case err == nil:
			out.Body.Blocks = append(out.Body.Blocks, blockOf(b))
		case e.Field == "value", models.IsNotFound(err):
			out.Body.Refused = append(out.Body.Refused, RefusedBlock{value, e.Message})
		default:
			return err
		}
		return nil
	}
	for _, value := range in.Body.Values {
		if err := add(value, false); err != nil {
			return nil, err
		}
	}
	for _, id := range in.Body.Files {
		if err := add(id.String(), true); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type blockOutput struct{ Body Block }

func (h *blockHandlers) lift(ctx context.Context, in *struct {
	ID uuid.UUID `path:"id" format:"uuid"`
},
) (*blockOutput, error) {
	b, err := h.store.LiftBlock(ctx, kit.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &blockOutput{blockOf(b)}, nil
}
