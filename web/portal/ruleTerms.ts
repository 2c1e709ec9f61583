const honesty = ['推定', '文件未定', '系统默认', '征求意见稿', '草案', '已被取代', '重建文本']

/** A citation apart from the marks at its end: 《登记细则》第九条(四)(推定;重建文本) → 《登记细则》第九条(四) and two marks. */
export const cited = (basis: string): { readonly text: string; readonly marks: readonly string[] } => {
  const end = /[(（]([^()（）]+)[)）]$/.exec(basis)
  const marks = end?.[1]?.split(/[;；,，]/) ?? []
  return end && marks.every((m) => honesty.includes(m))
    ? { text: basis.slice(0, end.index), marks }
    : { text: basis, marks: [] }
}
