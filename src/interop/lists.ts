import {
  errorReport,
  itemTemplate,
  itemsToCsv,
  itemsToJson,
  itemsToXlsxFile,
  planBook,
  recogniseFile,
} from './sheets/index.ts'

/** Catalogue lists as files, as the application asks for them. */
export const lists = {
  recogniseFile,
  planBook,
  errorReport,
  itemTemplate,
  itemsToXlsxFile,
  itemsToCsv,
  itemsToJson,
}
