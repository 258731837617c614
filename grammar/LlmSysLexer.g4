// The words of .llmsys files. The stream given to the generated lexer holds bytes, so a character outside ASCII comes as several bytes, given
// as 0x7F; they may stand in comments and strings only. Comments and blanks go to the hidden channel: tools need them, the parser does not.
lexer grammar LlmSysLexer;

// Made by the unit filter (compiler/syntax/parse_tokens.cpp), never by a rule: a word that follows a number on its line, and the `^` after it.
tokens { UNIT, UNIT_POWER }

// --- reserved words ---
IMPORT    : 'import';
DIMENSION : 'dimension';
UNIT_DECL : 'unit';
PREFIXES  : 'prefixes';
ENUM      : 'enum';
KIND      : 'kind';
FN        : 'fn';
LET       : 'let';
EXPECT    : 'expect';
STUDY     : 'study';
SWEEP     : 'sweep';
WHERE     : 'where';
BEST      : 'best';
PARETO    : 'pareto';
TOP       : 'top';
SUMMARISE : 'summarise';
SHOW      : 'show';
PLOT      : 'plot';
REQUIRE   : 'require';
IF        : 'if';
THEN      : 'then';
ELSE      : 'else';
MATCH     : 'match';
AND       : 'and';
OR        : 'or';
NOT       : 'not';
TRUE      : 'true';
FALSE     : 'false';
ABSENT    : 'absent';
FOR       : 'for';
IN        : 'in';
MOD       : 'mod';
DIV       : 'div';
AS        : 'as';
LARGEST   : 'largest';
SMALLEST  : 'smallest';
SORT      : 'sort';

// --- words that mean something in one place and are names elsewhere: LANGUAGE up to IGNORE, see `name` in the parser ---
LANGUAGE : 'language';
PER      : 'per';
BY       : 'by';
OVER     : 'over';
WITHIN   : 'within';
SOURCE   : 'source';
FROM     : 'from';
CONFUSED : 'confused';
WITH     : 'with';
SHOWN    : 'shown';
ZIP      : 'zip';
MAX      : 'max';
MIN      : 'min';
SENSITIVITY : 'sensitivity';
OF       : 'of';
TO       : 'to';
SOLVE    : 'solve';
SO       : 'so';
THAT     : 'that';
JSON     : 'json';
CSV      : 'csv';
IGNORE   : 'ignore';

NAME   : [A-Za-z_] [A-Za-z0-9_]*;
NUMBER : DIGITS ('.' DIGITS)? ([eE] [+-]? DIGITS)?;
fragment DIGITS : [0-9] [0-9_]*;

STRING          : '"' CHARACTER* '"';
UNCLOSED_STRING : '"' CHARACTER*;
fragment CHARACTER : ~["\\\r\n] | '\\' ~[\r\n];

// --- marks ---
LBRACE        : '{';
RBRACE        : '}';
LBRACKET      : '[';
RBRACKET      : ']';
LPAREN        : '(';
RPAREN        : ')';
COMMA         : ',';
COLON         : ':';
ASSIGN        : '=';
GIVES         : '=>';
RESULT        : '->';
TILDE         : '~';
PERCENT       : '%';
QUESTION      : '?';
OTHERWISE     : '??';
DOT           : '.';
RANGE         : '..';
PLUS          : '+';
CONCAT        : '++';
MINUS         : '-';
STAR          : '*';
SLASH         : '/';
CARET         : '^';
LESS          : '<';
LESS_EQUAL    : '<=';
GREATER       : '>';
GREATER_EQUAL : '>=';
EQUAL         : '==';
NOT_EQUAL     : '!=';

DOC     : '///' ~[\r\n]* -> channel(HIDDEN);
COMMENT : '//' ~[\r\n]*  -> channel(HIDDEN);
BLANK   : [ \t\r\n]+     -> channel(HIDDEN);

BAD : [\u007F]+ | .;
