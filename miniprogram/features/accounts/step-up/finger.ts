/** What WeChat's SOTER can recognise on this phone, in the words of a person; empty: nothing. */
export function recognises(): Promise<string> {
  return new Promise((resolve) => {
    wx.checkIsSupportSoterAuthentication({
      success: ({ supportMode }) => {
        const modes = supportMode as string[]
        resolve(modes.includes('fingerPrint') ? '指纹' : modes.includes('facial') ? '面容' : '')
      },
      fail: () => resolve(''),
    })
  })
}

/** Has the phone recognise its owner and sign the challenge; null when it did not. */
export function recognised(finger: string, challenge: string): Promise<{ result_json: string; signature: string } | null> {
  return new Promise((resolve) => {
    wx.startSoterAuthentication({
      requestAuthModes: [finger === '面容' ? 'facial' : 'fingerPrint'],
      challenge,
      authContent: '验证是你本人',
      success: ({ resultJSON, resultJSONSignature }) => resolve({ result_json: resultJSON, signature: resultJSONSignature }),
      fail: () => resolve(null),
    })
  })
}
