/**
 * The words behind the rules of assertion, as data. After NegEx (Chapman et al., J Biomed Inform 2001, 34:301) and
 * ConText (Harkema et al., J Biomed Inform 2009, 42:839): words that end the scope of a cue, cues that only look like
 * one, cues that follow what they speak of. The cues themselves are the model's entities.
 */

/** Between a cue and a mention: the scope has ended, whatever the cue. */
export const endsScope =
  /\b(?:but|however|nevertheless|though|although|except|apart from|aside from|other than|besides|despite|instead|rather|because|since|while|until|unless|if)\b|[+]/i

/** The mention is the cause of something: it ends the scope of a denial, not of a doubt. */
export const namesCause = /\b(?:due to|secondary to|caused by|as a result of)\b/i

/** After the first mention of a scope: another statement begins. */
export const beginsStatement =
  /\b(?:has|have|had|having|is|was|are|were|reports?|reported|states?|says?|said|complain(?:s|ed|ing)|endorses?|admits?|notes?|noted|positive|present(?:s|ed|ing)?|shows?|showed|develop(?:s|ed)|gets?|got|takes?|took|start(?:s|ed)|given|receiv(?:es|ed)|continues?|remains?|does|do|did|will|would|can|now|then|with|after|on|for|which|who|that|she|he|they|we|i|patient|pt|also)\b|[:;]/i

/** "no change in", "not only": it is not what follows that is negated. */
export const pseudoNegation =
  /^\s*(?:(?:significant|interval|further|new|acute|real|appreciable|definite|major|much|obvious|clear)\s+)?(?:changes?|increase|decrease|improvement|worsening|progression|relief|difference|response|benefit|resolution|only|necessarily)\b/i

/** "not certain whether", "not sure if": a doubt in the words of a denial. */
export const doubtfulNegation = /^\s*(?:certain|sure|clear|known)\s+(?:if|whether|that)\b/i

/** "did not tolerate", "no relief from": a drug or procedure that was had. */
export const impliesTreatment =
  /\b(?:tolerat|respond|improv|help|benefit|work|react|complet|finish|reliev|chang)\w*|\b(?:to|with|by|after|from|following|during|before)\s+(?:(?:the|her|his|a|an|any|this|some)\s+)?$/i

/** "not treated for": the reason of what did not happen; not "no need for". */
export const namesReason = /(?<!\b(?:need|indication|reason|plans?|evidence|signs?|criteria) )\bfor\b/i

/** Cues that belong to a verb: it says whether they speak of what stands before, and where their list begins. */
export const verbalCue = /^(?:not|never|unable to|could not|cannot|did not|does not|do not|may|might|could)$/i
export const modal = /^(?:may|might|could|possibly|perhaps)$/i

/** To be found out. */
export const toExclude = /^(?:to )?(?:rule out|r\/o|exclude)$/i
/** Found absent. */
export const excluded = /\b(?:ruled out|excluded)$/i

/** Before an exclusion: it was not made. */
export const negatesExclusion =
  /(?<![\p{L}\p{N}])(?:not|cannot|can't|couldn't|wasn't|never|unable to|difficult to)\s+(?:(?:be|been|yet|completely|entirely|fully|totally|definitively)\s+)*$/iu
/** After a denial: what is denied is an exclusion. */
export const deniesExclusion =
  /^\s+(?:(?:be|been|yet|completely|entirely|fully|totally|definitively)\s+)*(?:ruled out|rule out|r\/o|excluded|exclude)\b/i
export const negatedExclusion =
  /(?:\bnot|n't|\bcannot|\bunable|\bdifficult)\b.*\b(?:ruled? out|r\/o|excluded?)$/i
/** Before an exclusion: it is still to be made. */
export const plansExclusion = /\b(?:to|must|should|needs to) be\s+$/i

/** Between two cues that act as one: "not been", "may well". */
export const joinsCues =
  /^\s*(?:(?:be|been|being|have|has|had|to|yet|completely|entirely|fully|totally|definitively|appear|well|a|any)\s+)*$/i

/** Cues that govern what follows them, even after a mention: "positive for", "consistent with". */
export const prepositional = /\b(?:for|with|of|to|versus|vs\.?|be)$/i

/** Between a mention and a cue that speaks of it. */
export const linksBack =
  /^(?:\s*[:(\u2013\u2014-])?\s*(?:(?:is|was|are|were|has|have|had|been|be|being|also|currently|still|now|clinically|subsequently|essentially|effectively|thus|therefore|felt|thought|considered|to|could|can|did|does|do|seems?|remains?|appears?|very|highly|quite|more|less)\s+)*$/i
export const hasCopula =
  /\b(?:is|was|are|were|has|have|had|been|be|could|did|does|do|seems?|remains?|appears?)\b/i

/** After a cue that speaks of what stands before it: nothing that it could govern. */
export const endsStatement =
  /^\s*(?:[.,;:)\r\n]|$|\b(?:but|and|given|based|because|since|as|at|in|on|by|with|for|until|pending|today|tonight|clinically|although|though|however|now|still|here)\b)/i

/** After "not": that something was not there, or not done. */
export const existence =
  /^\s*(?:(?:been|be|yet|currently|clinically|well|definitely|clearly|felt to be)\s+)*(?:present|seen|found|noted|identified|suspected|detected|evident|observed|appreciated|visualized|demonstrated|done|performed|given|started|tried|needed|required|necessary|indicated|obtained|tolerated|recommended|administered|taken|ordered|pursued|undertaken|used|prescribed|available|considered|documented|elicited|palpable|apparent|likely)\b/i

/** Cues of a finding that stand after it without a verb: "edema absent". */
export const followsFinding =
  /^(?:absent|negative|none|denied|unlikely|less likely|doubtful|not identified|not seen|not present)$/i

/** Cues of an action that stand after it: "lisinopril held". */
export const followsAction =
  /^(?:declined|refused|deferred|held|stopped|discontinued|withheld|aborted|cancell?ed|on hold|omitted|not done|not given|not performed)$/i

/** Doubts that are adjectives, which reach no further than an alternative: "possible pneumonia or bronchitis". */
export const adjectivalDoubt =
  /^(?:possible|possibly|probable|probably|likely|most likely|more likely|less likely|unlikely|suspected|questionable|presumed|presumptive|potential|potentially|apparent|perhaps|versus|vs\.?)$/i

export const versus = /^(?:versus|vs\.?)$/i

/** Between the members of a list. */
export const coordination =
  /^\s*(?:,?\s*(?:and\/or|and|or|nor|as well as)\b|[,/&])\s*(?:(?:any|a|an|the|other|no|significant|associated|obvious|early|new)\s+)*$/i
export const alternative =
  /^\s*(?:,?\s*(?:and\/or|or|nor|versus|vs\.?)\b|\/)\s*(?:(?:an?|the|early|even)\s+)*$/i
/** Between the members of a list after "denies" or "negative for", where a line lists more. */
export const semicolon = /^\s*;\s*(?:or\s+)?$/i
export const listingCue = /^(?:denies|denied|deny|negative(?: for)?)$/i
