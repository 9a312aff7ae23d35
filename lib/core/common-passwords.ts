/** The most obvious passwords of eight or more characters, folded (PW-7). The list of 100,000 takes this one's place later. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passw0rd password1 password12 password123 password1234 password12345 password123456 password1! p@ssword
   p@ssw0rd p@ssw0rd1 passw0rd123 passwordpassword mypassword mypassword1 mypassword123 changeme changeme1 changeme123
   changemenow letmein1 letmein123 letmeinnow letmeinplease welcome1 welcome12 welcome123 welcome1234 welcome2024
   welcome2025 welcome2026 iloveyou iloveyou1 iloveyou12 iloveyou123 iloveyouforever iloveyousomuch sunshine sunshine1
   sunshine123 princess princess1 princess123 football football1 football123 baseball baseball1 basketball superman
   superman1 superman123 spiderman batman123 starwars starwars1 trustno1 trustno1trustno1 dragon123 monkey123 shadow123
   master123 michael1 jennifer jordan23 whatever whatever1 computer computer1 internet samsung1 samsung123 microsoft
   google123 facebook facebook1 linkedin minecraft minecraft123 pokemon123 charlie1 liverpool liverpool1 chelsea1 arsenal1
   administrator administrator1 admin123 admin1234 admin12345 admin123456 adminadmin adminadmin123 administrator123
   rootroot root1234 toor1234 user1234 guest123 guestguest test1234 test12345 testtest testtest1 testing123 testpassword
   demo1234 default1 default123 secret123 secretpassword supersecret topsecret1 login123 loginlogin access123 qwerty12
   qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty123456789 qwertyuiop qwertyuiop1 qwertyuiop123 qwertyuiop[]
   1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1xsw2 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6
   qazwsxedc qazwsxedcrfv asdfghjkl asdfghjkl1 asdf1234 asdfasdf zxcvbnm1 zxcvbnm123 abcd1234 abc12345 abcdef123
   abcdefgh1 a1b2c3d4 a1b2c3d4e5 a1b2c3d4e5f6 a123456789 1234567890a 123456789a 12345678910 1234567891 123123123
   123321123 147258369 147852369 741852963 159357258 987654321 0987654321 11223344 1122334455 112233445566 12341234
   123412341234 123456123456 1234qwer 1234abcd 12qwaszx correcthorsebatterystaple thisismypassword passwordispassword
   nopassword1 newpassword newpassword1 newpassword123 temppassword temp1234 temporary1 summer2024 summer2025 summer2026
   winter2024 winter2025 winter2026 spring2026 autumn2026`.split(/\s+/),
)
