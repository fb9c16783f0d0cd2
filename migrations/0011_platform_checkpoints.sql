-- Checkpoints of the audit: from time to time the heads of the chains that grew are put into a Merkle
-- tree (RFC 6962), whose root is signed with a key that this database never sees. Whoever rewrites a
-- chain together with its head would also have to rewrite what was signed. Checkpoints are chained by
-- hash, so that one who noted a checkpoint elsewhere has noted all before it.
--
-- The events need nothing for it: no index, no column, no row that writers share. Which heads grew is
-- found by comparing them with a table that only the making of checkpoints writes.

grant usage on schema audit to keepwell_worker;
grant create on schema audit to keepwell_audit;

create table audit.checkpoint (
    number        bigint      not null,
    at            timestamptz not null,
    leaves        integer     not null,
    root_hash     bytea       not null,
    previous_hash bytea       not null,
    key_hash      bytea       not null,
    signature     bytea       not null,
    constraint checkpoint_pkey primary key (number),
    constraint checkpoint_number_counts_from_one check (number >= 1),
    constraint checkpoint_leaves_counts_from_one check (leaves >= 1)
);

-- A leaf of a checkpoint: how far a chain was and with which hash. When its owner's account goes, what
-- the checkpoint committed to stays, and names nobody: the hash of the owner is under the root key.
create table audit.anchor (
    checkpoint bigint  not null,
    position   integer not null,
    owner      uuid,
    owner_hash bytea   not null,
    seq        bigint  not null,
    head_hash  bytea   not null,
    earlier    bigint  not null,
    path       bytea   not null,
    constraint anchor_pkey primary key (checkpoint, position),
    constraint anchor_checkpoint_fkey foreign key (checkpoint)
        references audit.checkpoint (number),
    constraint anchor_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete set null
);
create index anchor_by_owner on audit.anchor (owner, checkpoint);
create index anchor_of_nobody on audit.anchor (owner_hash) where owner is null;

-- How far each chain is sealed, and by which checkpoint. Nobody believes it: a wrong row here makes
-- an event that no checkpoint covers, which verification tells.
create table audit.sealed_head (
    owner      uuid   not null,
    seq        bigint not null,
    checkpoint bigint not null,
    constraint sealed_head_pkey primary key (owner),
    constraint sealed_head_owner_fkey foreign key (owner)
        references auth.principal (principal) on delete cascade
) with (fillfactor = 50);

-- What somebody else did in one's diary, without reading what one did oneself.
create index event_by_somebody_else on audit.event (owner, seq) where holder is not null;

alter table audit.checkpoint enable row level security;
alter table audit.checkpoint force row level security;
alter table audit.anchor enable row level security;
alter table audit.anchor force row level security;
alter table audit.sealed_head enable row level security;
alter table audit.sealed_head force row level security;

-- A person reads the checkpoints, the own anchors and the own head: with them the server proves to
-- its person that the own chain is whole.
create policy shown_to_people on audit.checkpoint for select to keepwell_app
    using ((select m.principal from auth.me m) is not null);
create policy my_own on audit.anchor for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
create policy my_own on audit.head for select to keepwell_app
    using (owner = (select m.principal from auth.me m));
grant select on audit.checkpoint, audit.anchor, audit.head to keepwell_app;

create policy verified_by_the_auditor on audit.checkpoint for select to keepwell_auditor
    using (number >= 1);
create policy verified_by_the_auditor on audit.anchor for select to keepwell_auditor
    using (checkpoint >= 1);
grant select on audit.checkpoint, audit.anchor to keepwell_auditor;

-- The worker sees how far the chains are, and what was sealed last. It sees no event.
create policy sealed_by_the_worker on audit.head for select to keepwell_worker
    using (hash is not null);
create policy sealed_by_the_worker on audit.checkpoint for select to keepwell_worker
    using (number >= 1);
create policy sealed_by_the_worker on audit.sealed_head for select to keepwell_worker
    using (seq >= 1);
grant select on audit.head, audit.checkpoint, audit.sealed_head to keepwell_worker;

-- One function adds a checkpoint with all its leaves. Nothing changes or removes one, but that an
-- account that goes takes its name from its anchors.
create policy added_by_the_function on audit.checkpoint for insert to keepwell_audit
    with check (number >= 1);
create policy counted_by_the_function on audit.checkpoint for select to keepwell_audit
    using (number >= 1);
create policy added_by_the_function on audit.anchor for insert to keepwell_audit
    with check (owner is not null);
create policy counted_by_the_function on audit.anchor for select to keepwell_audit
    using (checkpoint >= 1);
create policy kept_by_the_function on audit.sealed_head to keepwell_audit
    using (seq >= 1) with check (seq >= 1);
grant select, insert on audit.checkpoint, audit.anchor to keepwell_audit;
grant select, insert, update on audit.sealed_head to keepwell_audit;

create function audit.keep_checkpoint(
    number bigint, at timestamptz, root bytea, previous bytea, key bytea, signature bytea,
    owners uuid[], owner_hashes bytea[], seqs bigint[], heads bytea[], earlier bigint[],
    paths bytea[]
) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    if keep_checkpoint.number
        <> (select coalesce(max(c.number), 0) + 1 from audit.checkpoint c) then
        raise exception 'this is not the next checkpoint' using errcode = '55000';
    end if;
    insert into audit.checkpoint
        (number, at, leaves, root_hash, previous_hash, key_hash, signature)
    values (keep_checkpoint.number, keep_checkpoint.at, cardinality(owners), root, previous, key,
        keep_checkpoint.signature);
    insert into audit.anchor
        (checkpoint, position, owner, owner_hash, seq, head_hash, earlier, path)
    select keep_checkpoint.number, (l.place - 1)::integer, l.owner, l.owner_hash, l.seq, l.head,
        l.earlier, l.path
    from unnest(owners, owner_hashes, seqs, heads, keep_checkpoint.earlier, paths)
        with ordinality as l (owner, owner_hash, seq, head, earlier, path, place);
    insert into audit.sealed_head (owner, seq, checkpoint)
    select l.owner, l.seq, keep_checkpoint.number from unnest(owners, seqs) as l (owner, seq)
    on conflict (owner) do update set seq = excluded.seq, checkpoint = excluded.checkpoint;
end
$$;
alter function audit.keep_checkpoint(bigint, timestamptz, bytea, bytea, bytea, bytea,
    uuid[], bytea[], bigint[], bytea[], bigint[], bytea[]) owner to keepwell_audit;
revoke all on function audit.keep_checkpoint(bigint, timestamptz, bytea, bytea, bytea, bytea,
    uuid[], bytea[], bigint[], bytea[], bigint[], bytea[]) from public;
grant execute on function audit.keep_checkpoint(bigint, timestamptz, bytea, bytea, bytea, bytea,
    uuid[], bytea[], bigint[], bytea[], bigint[], bytea[]) to keepwell_worker;

-- What a person cannot see, who sees no anchor of others, and must know: the first checkpoint after a
-- given one that is gone or has lost leaves, so that an own one may be missing at the end; and the
-- first whose leaf has this hash of an owner and names nobody, although its owner is there to ask.
create function audit.gaps(after bigint, of_owner bytea) returns table (
    missing bigint, nameless bigint
)
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not exists (select from auth.me) then
        raise exception 'no session was presented' using errcode = '28000';
    end if;
    select min(g.number) into missing from (
        select c.number from audit.checkpoint c
        where c.number > after and c.leaves <>
            (select count(*) from audit.anchor a where a.checkpoint = c.number)
        union all
        select c.number - 1 from audit.checkpoint c
        where c.number > after + 1
            and not exists (select from audit.checkpoint e where e.number = c.number - 1)
    ) g;
    select min(a.checkpoint) into nameless from audit.anchor a
    where a.owner is null and a.owner_hash = of_owner;
    return next;
end
$$;
alter function audit.gaps(bigint, bytea) owner to keepwell_audit;
revoke all on function audit.gaps(bigint, bytea) from public;
grant execute on function audit.gaps(bigint, bytea) to keepwell_app;

revoke create on schema audit from keepwell_audit;
