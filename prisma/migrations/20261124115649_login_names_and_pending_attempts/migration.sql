-- AlterTable
ALTER TABLE "throttle_counters" ADD COLUMN     "pending" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "pending_until" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "login_names" (
    "name" TEXT NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "login_names_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "login_names_user_id_idx" ON "login_names"("user_id");

-- AddForeignKey
ALTER TABLE "login_names" ADD CONSTRAINT "login_names_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand from here: Prisma sees no triggers, so this is no drift.
-- Emails first: where a username is somebody else's address already, the address keeps the name, as it does at a login.
INSERT INTO "login_names" ("name", "user_id") SELECT "email_folded", "id" FROM "users";
INSERT INTO "login_names" ("name", "user_id") SELECT "username_folded", "id" FROM "users" ON CONFLICT DO NOTHING;

-- Whatever sets an email or a username, and however many do so at once: the primary key lets one have the name. In one order, so that
-- two which want the same two names wait for each other and do not lock.
CREATE FUNCTION "keep_login_names"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "login_names" WHERE "user_id" = NEW."id" AND "name" NOT IN (NEW."email_folded", NEW."username_folded");
    INSERT INTO "login_names" ("name", "user_id")
        SELECT DISTINCT "wanted"."name", NEW."id"
        FROM unnest(ARRAY[NEW."email_folded", NEW."username_folded"]) AS "wanted"("name")
        WHERE TG_OP = 'INSERT' OR "wanted"."name" NOT IN (OLD."email_folded", OLD."username_folded")
        ORDER BY "wanted"."name";
    RETURN NULL;
END
$$;

CREATE TRIGGER "users_login_names" AFTER INSERT OR UPDATE OF "email_folded", "username_folded" ON "users"
    FOR EACH ROW EXECUTE FUNCTION "keep_login_names"();
