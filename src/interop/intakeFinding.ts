export type IntakeCode =
  | 'file_name_invalid'
  | 'file_name_too_long'
  | 'file_empty'
  | 'file_too_large'
  | 'file_type_not_allowed'
  | 'file_type_mismatch'
  | 'file_text_encoding'
  | 'file_legacy_office'
  | 'file_encrypted'
  | 'file_macro'
  | 'file_active_content'
  | 'file_archive_unsafe'
  | 'file_damaged'

/** Why a file's content is turned down; intake makes it a refusal of the field it was uploaded for. */
export interface Finding {
  readonly code: IntakeCode
  readonly says: string
}
