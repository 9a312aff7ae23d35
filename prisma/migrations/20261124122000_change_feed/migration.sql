-- CreateTable
CREATE TABLE "changes" (
    "id" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "session_id" UUID,
    "user_id" UUID,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "changes_xid_idx" ON "changes"("xid");

-- CreateIndex
CREATE INDEX "changes_at_idx" ON "changes"("at");

-- CreateIndex
CREATE INDEX "sessions_absolute_expires_at_idx" ON "sessions"("absolute_expires_at");

-- By hand from here: Prisma sees no triggers, so this is no drift.
-- A trigger writes the change in the very transaction that makes it, whoever makes it: a flow, the command line or psql (docs/design.md, section 5).
CREATE FUNCTION "note_session_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "changes" ("session_id") VALUES (OLD."id");
    PERFORM pg_notify('latchkey_changes', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER "sessions_end_noted" AFTER UPDATE ON "sessions" FOR EACH ROW
    WHEN (OLD."revoked_at" IS DISTINCT FROM NEW."revoked_at" OR OLD."absolute_expires_at" IS DISTINCT FROM NEW."absolute_expires_at"
        OR NEW."idle_expires_at" < OLD."idle_expires_at" OR OLD."epoch" IS DISTINCT FROM NEW."epoch" OR OLD."user_id" IS DISTINCT FROM NEW."user_id")
    EXECUTE FUNCTION "note_session_change"();

-- What is pruned has been over for long.
CREATE TRIGGER "sessions_delete_noted" AFTER DELETE ON "sessions" FOR EACH ROW
    WHEN (OLD."absolute_expires_at" > now())
    EXECUTE FUNCTION "note_session_change"();

CREATE FUNCTION "note_user_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "changes" ("user_id") VALUES (OLD."id");
    PERFORM pg_notify('latchkey_changes', '');
    RETURN NULL;
END
$$;

-- A login writes last_login_at and perhaps a new hash of the same password: neither changes what anybody may do.
CREATE TRIGGER "users_change_noted" AFTER UPDATE ON "users" FOR EACH ROW
    WHEN (ROW(OLD."email", OLD."username", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."email_verified_at", OLD."epoch")
        IS DISTINCT FROM ROW(NEW."email", NEW."username", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."email_verified_at", NEW."epoch"))
    EXECUTE FUNCTION "note_user_change"();

CREATE TRIGGER "users_delete_noted" AFTER DELETE ON "users" FOR EACH ROW
    EXECUTE FUNCTION "note_user_change"();

-- What groups somebody is in, and what a group may do, is read with the session.
CREATE FUNCTION "note_membership_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN INSERT INTO "changes" ("user_id") VALUES (OLD."user_id"); END IF;
    IF TG_OP <> 'DELETE' THEN INSERT INTO "changes" ("user_id") VALUES (NEW."user_id"); END IF;
    PERFORM pg_notify('latchkey_changes', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER "memberships_noted" AFTER INSERT OR UPDATE OR DELETE ON "memberships" FOR EACH ROW
    EXECUTE FUNCTION "note_membership_change"();

-- Of a group with any number of members, and seldom: a row that names nobody stands for everybody.
CREATE FUNCTION "note_group_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "changes" ("user_id") VALUES (NULL);
    PERFORM pg_notify('latchkey_changes', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER "groups_noted" AFTER UPDATE OR DELETE ON "groups" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();
CREATE TRIGGER "group_permissions_noted" AFTER INSERT OR UPDATE OR DELETE ON "group_permissions" FOR EACH STATEMENT
    EXECUTE FUNCTION "note_group_change"();
CREATE TRIGGER "permissions_noted" AFTER UPDATE OR DELETE ON "permissions" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();

-- By hand alone, and then of everybody.
CREATE TRIGGER "sessions_truncate_noted" AFTER TRUNCATE ON "sessions" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();
CREATE TRIGGER "users_truncate_noted" AFTER TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();
CREATE TRIGGER "memberships_truncate_noted" AFTER TRUNCATE ON "memberships" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();
CREATE TRIGGER "group_permissions_truncate_noted" AFTER TRUNCATE ON "group_permissions" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();
CREATE TRIGGER "groups_truncate_noted" AFTER TRUNCATE ON "groups" FOR EACH STATEMENT EXECUTE FUNCTION "note_group_change"();
