/** Goes back, or to `home` when the page was opened by itself: there is nothing to go back to then. */
export function backOr(home: string): void {
  if (getCurrentPages().length > 1) wx.navigateBack()
  else wx.redirectTo({ url: home })
}
