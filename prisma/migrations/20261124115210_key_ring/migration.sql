-- AlterTable
ALTER TABLE "signing_keys" ADD COLUMN     "expires_at" TIMESTAMPTZ(6),
ADD COLUMN     "signs_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "token_life_s" INTEGER NOT NULL DEFAULT 0;

-- Keys from before this column have signed since they were made.
UPDATE "signing_keys" SET "signs_at" = "created_at";
